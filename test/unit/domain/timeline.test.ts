import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { summaryOf, timelineOf } from "../../../src/domain/timeline.ts";

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
    expect(text.length).toBeLessThan(10_000);
    expect(text).toContain(`"${"x".repeat(100)}…"`);
    expect(text).toMatch(/ and 980 more$/);
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
  const draftLike = fc.record({
    t: fc.array(
      fc.record({
        tt: fc.constantFrom(0, 1, 7, "0"),
        m: anything,
        sg: fc.array(fc.record({ m: anything, s: anything, d: anything, volume: anything, text: anything })),
      }),
    ),
    d: anything,
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), draftLike), (draft) => {
      expect(summary(draft)).toMatch(/^Timeline \(\d+ tracks?\)/);
    }),
  );
});

it("reads how long the draft is, where it says so", () => {
  expect(timelineOf({ d: 10_000 }).durationMs).toBe(10_000);
  expect(timelineOf({ d: "long" }).durationMs).toBeNull();
});
