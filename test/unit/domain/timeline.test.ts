import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { summaryOf, timelineOf, timelineOfText } from "../../../src/domain/timeline.ts";

const summary = (draft: unknown) => summaryOf(timelineOf(draft));
const videoOf = (...segments: unknown[]) => ({ t: [{ tt: 0, sg: segments }] });
const firstSegment = (track: object) => timelineOf({ t: [track] }).tracks[0]?.segments[0];

describe("the summary of a timeline", () => {
  it.each([
    {
      dialect: "first",
      draft: {
        t: [
          { tt: 0, sg: [{ m: { title: "city timelapse" }, s: 0, d: 10_000 }] },
          { tt: 1, sg: [{ m: { title: "Lo-fi", volume: 0.35 }, s: 0, d: 10_000 }] },
          { tt: 7, sg: [{ m: { title: "Urban Dreams" }, s: 0, d: 3_000 }] },
        ],
        d: 10_000,
      },
    },
    {
      dialect: "last",
      draft: {
        t: [
          { tt: 0, sg: [{ text: "city timelapse", m: { start: 0 }, duration: 10_000 }] },
          { tt: 1, sg: [{ text: "Lo-fi", m: { start: 0 }, duration: 10_000, volume: 35 }] },
          { tt: 7, sg: [{ text: "Urban Dreams", m: { start: 0 }, duration: 3_000 }] },
        ],
      },
    },
  ])("is the protocol's, whichever places the draft uses: the $dialect ones", ({ draft }) => {
    expect(summary(draft)).toBe(
      'Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%) 3. Title: "Urban Dreams" (0-3s)',
    );
  });

  it("says so when there is nothing", () => {
    expect(summary({ t: [] })).toBe("Timeline (0 tracks)");
    expect(summary({ t: [{ tt: 0, sg: [] }] })).toBe("Timeline (1 track): 1. Video: empty");
  });

  it("shows times in seconds, to a tenth where there is one", () => {
    expect(summary(videoOf({ name: "a", s: 1_240, d: 2_260 }))).toBe("Timeline (1 track): 1. Video: a (1.2-3.5s)");
  });

  it("names three segments of a track and counts the rest", () => {
    const segments = ["a", "b", "c", "d", "e"].map((name) => ({ name, d: 2_000 }));
    expect(summary(videoOf(...segments))).toBe(
      "Timeline (1 track): 1. Video: a (0-2s), b (2-4s), c (4-6s), 2 more (6-10s)",
    );
  });

  it("stays short, however many tracks there are and however long their names", () => {
    const track = { tt: 7, sg: [{ name: "x".repeat(1_000), d: 1 }] };
    const text = summary({ t: Array.from({ length: 1_000 }, () => track) });
    expect(text.length).toBeLessThan(15_000);
    expect(text).toContain(`"${"x".repeat(100)}…"`);
    expect(text).toMatch(/ and 900 more$/);
  });

  it("shows each of 100 tracks", () => {
    const text = summary({
      t: Array.from({ length: 100 }, (_, at) => ({ tt: 0, sg: [{ name: `clip ${at}`, d: 1_000 }] })),
    });
    expect(text).toMatch(/^Timeline \(100 tracks\): 1\. Video: clip 0 \(0-1s\) 2\. .* 100\. Video: clip 99 \(0-1s\)$/);
  });

  it("is in Chinese where it is asked for", () => {
    const draft = {
      t: [
        { tt: 0, sg: [{ name: "城市", d: 4_000 }, { d: 1_000 }, { d: 1_000 }, { d: 1_000 }, { d: 3_000 }] },
        { tt: 1, sg: [{ name: "Lo-fi", d: 10_000, v: 0.35 }] },
        { tt: 1, m: { kind: "voice" }, sg: [] },
        { tt: 1, m: { kind: "sfx" }, sg: [] },
        { tt: 7, sg: [{ text: "都市之梦", d: 3_000 }] },
        { tt: 7, sg: [] },
        { tt: 9, sg: [] },
      ],
    };
    expect(summaryOf(timelineOf(draft), "zh")).toBe(
      "时间线（7 条轨道）：1. 视频：城市 (0-4s)，未命名 (4-5s)，未命名 (5-6s)，另有 2 段 (6-10s) " +
        "2. 背景音乐：Lo-fi (0-10s, 35%) 3. 配音：空 4. 音效：空 5. 标题：“都市之梦” (0-3s) 6. 文字：空 7. 轨道：空",
    );
    expect(summaryOf(timelineOf({}), "zh")).toBe("时间线（0 条轨道）");
    expect(summaryOf(timelineOf({ t: Array.from({ length: 103 }) }), "zh")).toMatch(/ 另有 3 条$/);
  });

  it.each([
    ["negative", { s: -5_000, d: -1 }],
    ["beyond any video", { s: 1e300, d: 2 ** 60 }],
    ["no number", { s: NaN, d: "10000" }],
    ["in the wrong place", { s: { d: 1 }, d: [3_000], m: null }],
    ["absent", {}],
  ])("has no times that nobody can read where they are %s", (_what, segment) => {
    expect(summary(videoOf({ name: "a", ...segment }, null))).toBe(
      "Timeline (1 track): 1. Video: a (0-0s), untitled (0-0s)",
    );
  });

  it("cuts a name without breaking a character", () => {
    expect(summary(videoOf({ name: `${"x".repeat(99)}🎬🎬` })).isWellFormed()).toBe(true);
  });
});

describe("a track", () => {
  it.each([
    ["Video", { tt: 0 }],
    ["BGM", { tt: 1 }],
    ["BGM", { tt: 1, m: { title: "Lo-fi" } }],
    ["Voice", { tt: 1, m: { kind: "Voice-over" } }],
    ["Voice", { tt: 1, m: { title: "旁白" } }],
    ["Effects", { tt: 1, m: { title: "Sound effects" } }],
    ["Voice", { tt: 1, m: { audio_type: "ai_voiceover_en" } }],
    ["Voice", { tt: 1, m: { tags: ["loud", "narration"] } }],
    ["Voice", { tt: 1, m: { title: "Voice 2" } }],
    ["Voice", { tt: 1, m: { name: "配音" } }],
    ["Voice", { tt: 1, m: "voice" }],
    ["Effects", { tt: 1, m: { role: "sfx" } }],
    ["Effects", { tt: 1, m: { label: "音效" } }],
    ["BGM", { tt: 1, m: { effects: [] } }],
    ["BGM", { tt: 1, m: { effects: { reverb: "none" } } }],
    ["BGM", { tt: 1, m: { voice: null, kind: 1 } }],
    ["BGM", { tt: 1, m: { title: "Sound effects free" } }],
    ["BGM", { tt: 1, m: { title: "The Voice of Spring" } }],
    ["BGM", { tt: 1, m: { title: "Invoice", kind: "invoice" } }],
    ["BGM", { tt: 1, m: { kind: "music", title: "Special Effects" } }],
    ["BGM", { tt: 1, m: [["voice"]] }],
    ["Track", { tt: 4 }],
    ["Track", {}],
  ])("is called %s when it is %j", (label, track) => {
    expect(timelineOf({ t: [track] }).tracks.map((read) => read.label)).toEqual([label]);
  });

  it("of text is called Title when it is the first, and Text after that", () => {
    const tracks = [{ tt: 7 }, { tt: 0 }, { tt: 7 }, { tt: 7 }];
    expect(timelineOf({ t: tracks }).tracks.map(({ label }) => label)).toEqual(["Title", "Video", "Text", "Text"]);
  });
});

describe("a segment", () => {
  const everyName = { m: { title: "1", name: "2", text: "3" }, name: "4", text: "5" };
  const everyStart = { s: 1, st: 2, start: 3, m: { start: 4 } };
  const everyVolume = { m: { volume: 1 }, v: 2, volume: 3 };

  it.each([
    ["name", "1", everyName],
    ["name", "2", { ...everyName, m: { name: "2", text: "3" } }],
    ["name", "3", { ...everyName, m: { text: "3" } }],
    ["name", "4", { name: "4", text: "5" }],
    ["name", "5", { text: "5" }],
    ["name", null, {}],
    ["startMs", 1, everyStart],
    ["startMs", 2, { ...everyStart, s: undefined }],
    ["startMs", 3, { ...everyStart, s: "1", st: null }],
    ["startMs", 4, { m: { start: 4 } }],
    ["startMs", 0, {}],
    ["endMs", 1, { d: 1, duration: 2 }],
    ["endMs", 2, { duration: 2 }],
    ["endMs", 0, {}],
    ["volumePercent", 100, everyVolume],
    ["volumePercent", 2, { v: 2, volume: 3 }],
    ["volumePercent", 3, { volume: 3 }],
    ["volumePercent", null, {}],
    ["volumePercent", 50, { m: { volume: -1 }, v: "x", volume: 50 }],
    ["startMs", 4, { s: -1, st: 1e21, start: Infinity, m: { start: 4 } }],
    ["name", "5", { m: { title: 1, name: null, text: [] }, name: {}, text: "5" }],
    ["name", "a b", { name: "a\u0000\tb\n" }],
    ["id", "x", { id: "x", m: { id: "y" } }],
    ["id", "7", { id: 7 }],
    ["id", "y", { id: "", m: { id: "y" } }],
    ["id", null, { id: 2 ** 60 }],
    ["id", null, { id: {} }],
  ] as const)("has as its %s %j, the first that it is given, when it is %j", (field, value, segment) => {
    expect(firstSegment({ tt: 1, sg: [segment] })?.[field]).toBe(value);
  });

  it("without a start begins where the one before it ends", () => {
    const draft = videoOf({ d: 2_000 }, { d: 3_000 }, { s: 9_000, d: 1_000 }, { d: 500 });
    const times = timelineOf(draft).tracks[0]?.segments.map(({ startMs, endMs }) => [startMs, endMs]);
    expect(times).toEqual([
      [0, 2_000],
      [2_000, 5_000],
      [9_000, 10_000],
      [10_000, 10_500],
    ]);
  });

  it.each([
    [0, 0],
    [0.35, 35],
    [1, 100],
    [35, 35],
    [100, 100],
    [250, 100],
    [-1, null],
    ["35", null],
  ])("with the volume %j plays at %j percent", (volume, percent) => {
    expect(firstSegment({ tt: 1, sg: [{ volume }] })?.volumePercent).toBe(percent);
  });

  it("has a volume on an audio track only", () => {
    expect(firstSegment({ tt: 0, sg: [{ volume: 0.5 }] })?.volumePercent).toBeNull();
  });

  it("has a name on one line, and none where there is only white space", () => {
    expect(firstSegment({ tt: 7, sg: [{ m: { title: "  " }, text: " Urban\n  Dreams " }] })?.name).toBe("Urban Dreams");
    expect(summary(videoOf({ d: 1_000 }))).toBe("Timeline (1 track): 1. Video: untitled (0-1s)");
  });
});

it("reads anything at all without failing", () => {
  const anything = fc.anything({ withNullPrototype: false });
  const time = fc.oneof(anything, fc.double(), fc.integer(), fc.bigInt());
  const draftLike = fc.record({
    t: fc.array(
      fc.record({
        tt: fc.constantFrom(0, 1, 7, "0"),
        m: anything,
        sg: fc.array(fc.record({ m: anything, s: time, d: time, volume: time, id: anything })),
      }),
    ),
    d: anything,
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), draftLike), (draft) => {
      const text = summary(draft);
      expect(text).toMatch(/^Timeline \(\d+ tracks?\)/);
      // Names are not drawn here: whatever stands in brackets is made of times and volumes.
      for (const [, inside] of text
        .replace(/^[^:]*/, "")
        .replaceAll(/"[^"]*"|untitled/g, "")
        .matchAll(/ \(([^()]*)\)/g)) {
        expect(inside).toMatch(/^\d+(?:\.\d)?-\d+(?:\.\d)?s(?:, \d{1,3}%)?$/);
      }
      expect(summaryOf(timelineOf(draft), "zh")).toMatch(/^时间线（\d+ 条轨道）/);
    }),
  );
});

it("keeps the ids of a draft's text apart, though no number could", () => {
  const text = `{"t":[{"tt":0,"sg":[{"id":9007199254740993001,"d":1e3},{"id":9007199254740993002}]}]}`;
  const ids = timelineOfText(text).tracks.flatMap(({ segments }) => segments.map(({ id }) => id));
  expect(ids).toEqual(["9007199254740993001", "9007199254740993002"]);
  expect(summaryOf(timelineOfText(text))).toBe(summary(JSON.parse(text)));
});

it("reads the text of a draft however deeply it is nested", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  expect(timelineOfText(`{"x":${deep},"d":1000,"t":[{"tt":1,"m":{"kind":${deep}}}]}`)).toMatchObject({
    durationMs: 1_000,
  });
});

it("reads how long the draft is, where it says so", () => {
  expect(timelineOf({ d: 10_000 }).durationMs).toBe(10_000);
  expect(timelineOf({ d: "long" }).durationMs).toBeNull();
});
