import { describe, expect, it } from "vitest";
import { BackendError } from "../../../src/backend-client/backend-error.ts";
import { stateIn } from "../../../src/backend-client/state.ts";

/** All that parsing and printing would change: big integers, number forms, escapes, odd key order, spacing, empty ones. */
const oddDraft =
  '{ "t" : [{"tt":0, "sg":[{"id":9223372036854775807,"d":1.0,"s":1e3,"2":"b","1":"a","x":"\\u00e9\\/\\ud83d\\ude00 é"}]}],' +
  '\n\t"m":{"title":"a","empty":[],"none":{}}, "__proto__":{"a":-0} }';

const answer = (draft: string, more = "") => `{"code":0,"data":{"state":{"draft":${draft}${more}}}}`;
const read = (json: string) => stateIn(Buffer.from(json));
const fingerprint = (draft: string, more = "") => read(answer(draft, more)).fingerprint;

describe("reads the state", () => {
  it("cuts the draft out byte for byte", () => {
    expect(read(answer(oddDraft)).draftText).toBe(oddDraft);
  });

  it.each([
    ["a track with a segment", '{"t":[{"sg":[]},{"sg":[{}]}]}', true],
    ["tracks without segments", '{"t":[{"sg":[]}]}', false],
    ["no tracks", '{"t":[]}', false],
    ["an empty draft", "{}", false],
  ])("says for %s whether it can be exported", (_what, draft, expected) => {
    expect(read(answer(draft)).isReady).toBe(expected);
  });

  it.each(["null", '""'])("takes a draft of %s for none", (draft) => {
    expect(read(answer(draft))).toMatchObject({ draftText: null, isReady: false });
  });

  it("takes a missing draft for none", () => {
    expect(read('{"data":{"state":{}}}').draftText).toBeNull();
  });

  it.each([
    ['{"data":{"user_id":"anon_1","state":{}}}', "anon_1"],
    ['{"data":{"state":{"user_id":"anon_2"}}}', "anon_2"],
    ['{"data":{"state":{}}}', null],
  ])("finds the user's id in %s", (json, expected) => {
    expect(read(json).userId).toBe(expected);
  });

  it("lists media of either kind, in lists or by key, with ids beyond 2^53", () => {
    const more =
      ',"x":1},"state2":0,"state":{"draft":null,"video_infos":[{"id":9007199254740993,"name":"a.mp4"}],"generated_media":{"k":{"url":"https://c/x.mp4?sig=1"}}';
    expect(read(`{"data":{"old":{"a":1${more}}}}`).media).toEqual([
      { origin: "video_infos", id: "9007199254740993", name: "a.mp4" },
      { origin: "generated_media", id: "https://c/x.mp4", name: null },
    ]);
  });

  it.each([
    ["no JSON", Buffer.from("<html>")],
    ["JSON that is cut off", Buffer.from(answer("{}").slice(0, -1))],
    ["comments", Buffer.from('{"data":{"state":{}}} // x')],
    ["no state", Buffer.from('{"data":{}}')],
    [
      "bytes that are not UTF-8, which would be lost",
      Buffer.from([...Buffer.from('{"data":{"state":{"draft":{"a":"'), 0xff, ...Buffer.from('"}}}}')]),
    ],
    ["nesting without end", Buffer.from("[".repeat(200_000))],
  ])("refuses %s", (_what, bytes) => {
    expect(() => stateIn(bytes)).toThrow(BackendError);
  });
});

describe("compares states by a fingerprint", () => {
  it.each([
    ["the query of a signed URL", '{"u":"https://c/a.mp4?sig=1&e=2"}', '{"u":"https://c/a.mp4?sig=3"}'],
    ["timestamps by name", '{"updated_at":1}', '{"updated_at":2}'],
    ["timestamps by form", '{"x":"2030-01-01T00:00:00.123Z"}', '{"x":"2030-01-02T00:00:00Z"}'],
    ["points in time", '{"lastTime":1893456000000}', '{"lastTime":1893456001000}'],
    ["the order of keys", '{"a":1,"b":2}', '{"b":2,"a":1}'],
    ["spaces", '{"a":[1]}', '{ "a" : [ 1 ] }'],
  ])("does not see %s", (_what, one, other) => {
    expect(fingerprint(one)).toBe(fingerprint(other));
  });

  it.each([
    ["a number", '{"v":0.3}', '{"v":0.4}'],
    ["integers beyond 2^53", '{"id":9007199254740993}', '{"id":9007199254740992}'],
    ["a text", '{"t":"a"}', '{"t":"b"}'],
    ["a text that begins with a date", '{"t":"2030-01-01 10:00 sale"}', '{"t":"2030-01-01 10:00 party"}'],
    ["another file", '{"u":"https://c/a.mp4?sig=1"}', '{"u":"https://c/b.mp4?sig=1"}'],
    ["a place in the timeline", '{"start_time":0}', '{"start_time":1500}'],
    ["the order of a list", '{"sg":[1,2]}', '{"sg":[2,1]}'],
    ["a new key", '{"a":1}', '{"a":1,"b":null}'],
    ["number and string", '{"a":1}', '{"a":"1"}'],
    ["nesting", '{"a":{"b":1}}', '{"a":{},"b":1}'],
  ])("sees %s", (_what, one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
  });

  it("sees media come, and not their order or signatures", () => {
    const media = (...urls: string[]) => `,"generated_media":${JSON.stringify(urls.map((url) => ({ url })))}`;
    expect(fingerprint("{}", media("https://c/a?s=1"))).not.toBe(fingerprint("{}"));
    expect(fingerprint("{}", media("https://c/a?s=1", "https://c/b"))).toBe(
      fingerprint("{}", media("https://c/b?s=2", "https://c/a?s=2")),
    );
  });
});
