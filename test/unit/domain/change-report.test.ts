import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesBetween } from "../../../src/domain/change-report.ts";
import { timelineOf, type Timeline } from "../../../src/domain/timeline.ts";

type Clip = readonly [name: string | null, durationMs: number, more?: object];

/** Clips one after another. */
const track = (tt: number, ...clips: readonly Clip[]) => ({
  tt,
  sg: clips.map(([name, d, more]) => Object.assign({ name, d }, more)),
});
const timeline = (...t: object[]): Timeline => timelineOf({ t });

const city = track(0, ["city timelapse", 10_000]);
const lofi = track(1, ["Lo-fi", 10_000, { v: 0.35 }]);
const title = track(7, ["Urban Dreams", 3_000]);
const before = timeline(city, lofi, title);

describe("says in plain words", () => {
  it.each<[what: string, before: Timeline | null, after: Timeline, lines: string[]]>([
    ["nothing, when nothing changed", before, before, []],
    ["nothing of an empty timeline", null, timeline(), []],
    ["what was added", timeline(city), timeline(city, title), ['Title added: "Urban Dreams" (0-3s)']],
    ["that music was added, and how loud", timeline(city), timeline(city, lofi), ["BGM added: Lo-fi (0-10s, 35%)"]],
    ["what was removed", before, timeline(city, title), ["BGM removed: Lo-fi (0-10s, 35%)"]],
    [
      "what there is, when there was nothing before",
      null,
      timeline(city, title),
      ["Video added: city timelapse (0-10s)", 'Title added: "Urban Dreams" (0-3s)'],
    ],
    [
      "that it got louder",
      before,
      timeline(city, track(1, ["Lo-fi", 10_000, { v: 0.6 }]), title),
      ["BGM louder: Lo-fi (35% → 60%)"],
    ],
    [
      "that it got quieter",
      before,
      timeline(city, track(1, ["Lo-fi", 10_000, { m: { volume: 0.1 } }]), title),
      ["BGM quieter: Lo-fi (35% → 10%)"],
    ],
    [
      "that it got shorter, and the whole with it",
      timeline(city),
      timeline(track(0, ["city timelapse", 6_000])),
      ["Length: 10s → 6s", "Video shortened: city timelapse (0-10s → 0-6s)"],
    ],
    [
      "that it got longer",
      before,
      timeline(city, lofi, track(7, ["Urban Dreams", 4_500])),
      ['Title lengthened: "Urban Dreams" (0-3s → 0-4.5s)'],
    ],
    [
      "that it moved",
      before,
      timeline(city, lofi, track(7, ["Urban Dreams", 3_000, { s: 2_000 }])),
      ['Title moved: "Urban Dreams" (0-3s → 2-5s)'],
    ],
    [
      "that a text was replaced",
      before,
      timeline(city, lofi, track(7, ["Paradise Found", 5_000])),
      ['Title changed: "Urban Dreams" → "Paradise Found"', 'Title lengthened: "Paradise Found" (0-3s → 0-5s)'],
    ],
    [
      "that something has another name, when its id says that it is the same",
      timeline(track(0, ["a", 2_000, { id: "1" }], ["b", 2_000, { id: "2" }])),
      timeline(track(0, ["a", 2_000, { id: "1" }], ["c", 2_000, { id: "2" }])),
      ["Video renamed: b → c"],
    ],
    [
      "that several were replaced, each by what is in its place",
      timeline(track(0, ["a", 2_000], ["b", 3_000])),
      timeline(track(0, ["x", 2_000], ["y", 3_000])),
      ["Video changed: a → x", "Video changed: b → y"],
    ],
    [
      "that what has no name got shorter",
      timeline(track(0, [null, 5_000], [null, 3_000])),
      timeline(track(0, [null, 4_000], [null, 2_000])),
      ["Length: 8s → 6s", "Video shortened: untitled (0-5s → 0-4s)", "Video shortened: untitled (5-8s → 4-6s)"],
    ],
    [
      "that texts have changed places, which have their own times",
      timeline(track(7, ["a", 1_000, { s: 1_000 }], ["b", 1_000, { s: 5_000 }])),
      timeline(track(7, ["b", 1_000, { s: 1_000 }], ["a", 1_000, { s: 5_000 }])),
      ['Title moved: "b" (5-6s → 1-2s)', 'Title moved: "a" (1-2s → 5-6s)'],
    ],
    [
      "that the order is another",
      timeline(track(0, ["a", 2_000], ["b", 3_000], ["c", 4_000])),
      timeline(track(0, ["c", 4_000], ["a", 2_000], ["b", 3_000])),
      ["3 clips of Video reordered"],
    ],
    [
      "that many moved together",
      timeline(track(7, ...["a", "b", "c"].map((name, at): Clip => [name, 1_000, { s: 5_000 + at * 3_000 }]))),
      timeline(track(7, ...["a", "b", "c"].map((name, at): Clip => [name, 1_000, { s: 3_500 + at * 3_000 }]))),
      ["Length: 12s → 10.5s", "3 texts of Title moved 1.5s earlier"],
    ],
    [
      "how long it is now, where the draft says so",
      timelineOf({ d: 10_000 }),
      timelineOf({ d: 6_000 }),
      ["Length: 10s → 6s"],
    ],
    ["no change of length, where only one draft says it", timelineOf({ d: 9_000, t: [city] }), timeline(city), []],
  ])("%s", (_what, from, to, lines) => {
    expect(changesBetween(from, to)).toEqual(lines);
  });
});

describe("does not call changed what only moved along", () => {
  it.each<[what: string, before: object, after: object, lines: string[]]>([
    [
      "when something is put in front of it",
      track(0, ["a", 2_000], ["b", 2_000], ["c", 2_000]),
      track(0, ["new", 2_000], ["a", 2_000], ["b", 2_000], ["c", 2_000]),
      ["Length: 6s → 8s", "Video added: new (0-2s)"],
    ],
    [
      "when something before it is removed",
      track(0, ["a", 2_000], ["b", 2_000], ["c", 2_000]),
      track(0, ["a", 2_000], ["c", 2_000]),
      ["Length: 6s → 4s", "Video removed: b (2-4s)"],
    ],
    [
      "when something before it gets shorter",
      track(0, ["a", 2_000], ["b", 2_000]),
      track(0, ["a", 1_000], ["b", 2_000]),
      ["Length: 4s → 3s", "Video shortened: a (0-2s → 0-1s)"],
    ],
    [
      "when nothing has a name",
      track(0, [null, 5_000], [null, 3_000]),
      track(0, [null, 2_000], [null, 5_000], [null, 3_000]),
      ["Length: 8s → 10s", "Video added: untitled (0-2s)"],
    ],
    [
      "when all names are equal and ids say which is which",
      track(0, ["x", 2_000, { id: 1 }], ["x", 2_000, { id: 2 }]),
      track(0, ["x", 2_000, { id: 3 }], ["x", 2_000, { id: 1 }], ["x", 2_000, { id: 2 }]),
      ["Length: 4s → 6s", "Video added: x (0-2s)"],
    ],
    [
      "when the backend gave everything a new id",
      track(0, ["a", 2_000, { id: 1 }], ["b", 2_000, { id: 2 }]),
      track(0, ["a", 2_000, { id: 8 }], ["b", 2_000, { id: 9 }]),
      [],
    ],
  ])("%s", (_what, from, to, lines) => {
    expect(changesBetween(timeline(from), timeline(to))).toEqual(lines);
  });

  it("when a title in front of it goes, and what was Text is now the Title", () => {
    const credits = track(7, ["Credits", 2_000, { s: 8_000 }]);
    expect(changesBetween(timeline(city, title, credits), timeline(city, credits))).toEqual([
      'Title removed: "Urban Dreams" (0-3s)',
    ]);
  });
});

it("has no words for what people would not see: a shift of 20 ms, an empty track", () => {
  const shifted = track(7, ["Urban Dreams", 3_000, { s: 20 }]);
  expect(changesBetween(before, timeline(city, lofi, shifted, { tt: 7, sg: [] }))).toEqual([]);
});

it("names twenty changes and counts the rest", () => {
  const many = (count: number) =>
    timeline(...Array.from({ length: count }, (_, at) => track(7, [`text ${at}`, 1_000])));
  const lines = changesBetween(null, many(32));
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toBe("and 12 more changes");
  expect(changesBetween(null, many(21)).at(-1)).toBe("and 1 more change");
  expect(changesBetween(null, many(20))).toHaveLength(20);
});

it("speaks Chinese", () => {
  const from = timeline(track(0, ["甲", 2_000], ["乙", 3_000]), lofi, track(7, ["旧", 1_000, { id: "t" }]));
  const to = timeline(
    track(0, ["乙", 3_000], ["甲", 2_000], ["丙", 1_000]),
    track(1, ["Lo-fi", 6_000, { v: 0.6 }]),
    track(7, ["新", 1_000, { id: "t" }]),
  );
  expect(changesBetween(from, to, "zh")).toEqual([
    "时长：10s → 6s",
    "视频的 2 段已重新排序",
    "视频已添加：丙 (5-6s)",
    "背景音乐已缩短：Lo-fi (0-10s → 0-6s)",
    "背景音乐音量调大：Lo-fi (35% → 60%)",
    "标题已改名：“旧” → “新”",
  ]);
});

const clip = fc.record({
  id: fc.option(fc.nat(5)),
  name: fc.constantFrom("a", "b", null, "x".repeat(300)),
  d: fc.constantFrom(1_000, 2_000, -1, "x"),
  s: fc.option(fc.constantFrom(0, 1_000, 1e30), { nil: undefined }),
  v: fc.double(),
});
const anyTimeline = fc
  .oneof(
    fc.jsonValue(),
    fc.record({
      t: fc.array(fc.record({ tt: fc.constantFrom(0, 1, 7, 9), sg: fc.array(clip) })),
      d: fc.constantFrom(1_000, 2_000, null),
    }),
  )
  .map(timelineOf);

it("finds no change between a timeline and itself, and never fails between any two", () => {
  fc.assert(
    fc.property(anyTimeline, anyTimeline, fc.constantFrom("en", "zh"), (one, other, language) => {
      expect(changesBetween(one, one, language)).toEqual([]);
      const lines = changesBetween(one, other, language);
      expect(lines.length).toBeLessThanOrEqual(21);
      for (const line of lines) expect(line).not.toMatch(/NaN|Infinity|undefined|null|\de\+|\n/);
    }),
  );
});

it("takes linear time for tens of thousands of segments", () => {
  const many = (from: number) =>
    track(0, ...Array.from({ length: 40_000 }, (_, at): Clip => [`clip ${from + at}`, 100]));
  expect(changesBetween(timeline(many(0)), timeline(many(20_000))).at(-1)).toMatch(/^and \d+ more changes$/);
});
