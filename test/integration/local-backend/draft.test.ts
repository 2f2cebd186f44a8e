import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { DraftError, readDraft, writeDraft } from "../../../src/local-backend/draft.ts";
import type { Dialect } from "../../../src/local-backend/draft.ts";
import type { Project } from "../../../src/local-backend/project.ts";

const dialects: Dialect[] = ["first", "last"];

const project: Project = {
  id: "9007199254740993001",
  name: "Urban Dreams",
  widthPx: 1080,
  heightPx: 1920,
  scenes: [
    {
      id: "9007199254740993002",
      name: "city timelapse",
      text: "The city wakes.",
      durationMs: 4000,
      seed: 7,
      media: null,
      transition: "cut",
    },
    {
      id: "9007199254740993003",
      name: "Clip 1",
      text: "",
      durationMs: 6000,
      seed: 8,
      media: { hash: "ab12", kind: "video", trimStartMs: 500 },
      transition: "fade",
    },
  ],
  title: { id: "9007199254740993004", text: "Urban Dreams", startMs: 0, durationMs: 3000 },
  music: { id: "9007199254740993005", name: "Lo-fi", mood: "lo-fi", volume: 0.35, startMs: 0, durationMs: 10_000 },
};

const ids = fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String);
const texts = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
const times = fc.nat(600_000);
const projects: fc.Arbitrary<Project> = fc.record({
  id: ids,
  name: texts,
  widthPx: fc.integer({ min: 1, max: 4000 }),
  heightPx: fc.integer({ min: 1, max: 4000 }),
  scenes: fc.array(
    fc.record({
      id: ids,
      name: texts,
      text: texts,
      durationMs: times,
      seed: fc.nat(),
      media: fc.option(fc.record({ hash: texts, kind: fc.constantFrom("image", "video"), trimStartMs: times })),
      transition: fc.constantFrom("cut", "fade", "slide"),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  title: fc.option(fc.record({ id: ids, text: texts, startMs: times, durationMs: times })),
  music: fc.option(
    fc.record({
      id: ids,
      name: texts,
      mood: fc.constantFrom("lo-fi", "upbeat", "calm", "epic"),
      volume: fc.nat(100).map((percent) => percent / 100),
      startMs: times,
      durationMs: times,
    }),
  ),
});

describe.each(dialects)("a draft in the dialect '%s'", (dialect) => {
  test("is read back as the project that was written", () => {
    fc.assert(
      fc.property(projects, (any) => {
        expect(readDraft(writeDraft(any, dialect))).toEqual(any);
      }),
    );
  });

  test("has its ids as bare integers that JSON.parse would damage", () => {
    const text = writeDraft(project, dialect);
    expect(text).toContain('"id":9007199254740993002');
    expect(JSON.stringify(JSON.parse(text))).not.toContain("9007199254740993002");
  });

  test("has the tracks, total and metadata of a timeline", () => {
    const draft: unknown = JSON.parse(writeDraft(project, dialect));
    expect(draft).toMatchObject({
      t: [
        { tt: 0, sg: [{}, {}] },
        { tt: 1, sg: [{}] },
        { tt: 7, sg: [{}] },
      ],
      d: 10_000,
      m: { title: "Urban Dreams", width: 1080, height: 1920 },
    });
  });

  test("leaves out the tracks that hold nothing", () => {
    const draft: unknown = JSON.parse(writeDraft({ ...project, title: null, music: null }, dialect));
    expect(draft).toMatchObject({ t: [{ tt: 0 }] });
  });
});

const tracksSchema = z.object({ t: z.array(z.object({ sg: z.array(z.unknown()) })) });
function segmentOf(dialect: Dialect, track: number, segment: number): unknown {
  return tracksSchema.parse(JSON.parse(writeDraft(project, dialect))).t[track]?.sg[segment];
}
const secondScene = (dialect: Dialect) => segmentOf(dialect, 0, 1);
const musicSegment = (dialect: Dialect) => segmentOf(dialect, 1, 0);

test("the dialect 'first' keeps name, start, duration and volume where readers look first", () => {
  expect(secondScene("first")).toMatchObject({ m: { title: "Clip 1" }, s: 4000, d: 6000 });
  expect(musicSegment("first")).toMatchObject({ m: { title: "Lo-fi", volume: 0.35 }, s: 0, d: 10_000 });
});

test("the dialect 'last' keeps them where readers look last, and nowhere else", () => {
  expect(secondScene("last")).toMatchObject({ text: "Clip 1", m: { start: 4000 }, duration: 6000 });
  expect(musicSegment("last")).toMatchObject({ text: "Lo-fi", m: { start: 0 }, duration: 10_000, volume: 35 });
  for (const key of ["name", "s", "st", "start", "d", "v"]) expect(secondScene("last")).not.toHaveProperty(key);
});

test.each([
  ["no JSON", "{", /not JSON/],
  ["no draft", '{"hello":1}', /not one of this backend/],
  ["an empty timeline", writeDraft({ ...project, scenes: [] }, "first"), /empty/],
  ["a segment without a start", writeDraft(project, "first").replaceAll('"s":', '"zz":'), /no name, start or duration/],
  [
    "a segment of someone else's",
    writeDraft(project, "last").replaceAll('"seed":', '"zz":'),
    /Segment 9007199254740993002/,
  ],
])("%s is refused with a reason", (_, text, reason) => {
  expect(() => readDraft(text)).toThrow(DraftError);
  expect(() => readDraft(text)).toThrow(reason);
});
