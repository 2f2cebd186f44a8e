import { expect, describe, it } from "vitest";
import {
  afterRead,
  mayGoOn,
  nextReadInMs,
  protocolRecoveryTimings as timings,
  recoveryBegun,
  type StateRead,
  type Verdict,
} from "../../../src/domain/recovery.ts";

const sentAtMs = Date.UTC(2030, 0, 1);
/** The stream broke as soon as the message was sent. */
const sent = recoveryBegun(
  { state: "sending", fingerprintBefore: "before", draftBeforeKey: null, sentAtMs, reply: null, recovery: null },
  sentAtMs,
);
const secondMs = 1_000;

/** Reads at the given seconds after sending, of a message whose stream broke so long after it; returns the verdict on each. */
function verdicts(reads: [atS: number, fingerprint: string, mayBeRunning?: boolean][], brokeAtS = 0): Verdict[] {
  let message = recoveryBegun(sent, sentAtMs + brokeAtS * secondMs);
  return reads.map(([atS, fingerprint, mayBeRunning = false]) => {
    const read: StateRead = { fingerprint, mayBeRunning, atMs: sentAtMs + atS * secondMs };
    const after = afterRead(message, read, timings);
    message = after.message;
    return after.verdict;
  });
}

const lastVerdict = (...reads: Parameters<typeof verdicts>[0]) => verdicts(reads).at(-1);

describe("it worked", () => {
  it("when the state changed and two reads 60 s apart agree", () => {
    expect(
      verdicts([
        [30, "after"],
        [90, "after"],
      ]),
    ).toEqual(["read_again", "worked"]);
  });

  it("not while the two reads are less than 60 s apart", () => {
    expect(
      verdicts([
        [30, "after"],
        [89.999, "after"],
        [90, "after"],
      ]),
    ).toEqual(["read_again", "read_again", "worked"]);
  });

  it("not while the state goes on changing, since generation has two stages", () => {
    expect(
      verdicts([
        [30, "clip"],
        [90, "music"],
        [150, "title"],
        [210, "title"],
      ]),
    ).toEqual(["read_again", "read_again", "read_again", "worked"]);
  });

  it("not when two reads that agree have another one between them", () => {
    expect(lastVerdict([30, "clip"], [90, "music"], [150, "clip"])).toBe("read_again");
  });

  it("not because the state is again as it was before", () => {
    expect(lastVerdict([30, "clip"], [90, "before"], [150, "before"])).toBe("read_again");
  });

  it("not while its run may be going on: between the two stages of a generation reads agree as well", () => {
    expect(
      verdicts([
        [60, "clip", true],
        [120, "clip", true],
        [180, "clip", false],
      ]),
    ).toEqual(["read_again", "read_again", "worked"]);
  });

  it("after 15 minutes of recovery also when credits stay frozen, however long the stream was read before", () => {
    const reads: [number, string, boolean][] = [
      [839, "after", true],
      [899, "after", true],
      [900, "after", true],
    ];
    expect(verdicts(reads)).toEqual(["read_again", "read_again", "worked"]);
    expect(verdicts(reads, 600)).toEqual(["read_again", "read_again", "read_again"]);
    expect(verdicts([[1_500, "after", true], ...reads.slice(3), [1_560, "after", true]], 600).at(-1)).toBe("worked");
  });

  it("also when it shows late", () => {
    expect(lastVerdict([30, "before"], [90, "before"], [900, "after"], [960, "after"])).toBe("worked");
  });
});

describe("no visible effect", () => {
  const unchanged = (...atS: number[]): [number, string][] => atS.map((s) => [s, "before"]);

  it("after five unchanged reads in a row and 15 minutes since the message was sent, with nothing frozen", () => {
    expect(verdicts(unchanged(30, 90, 150, 210, 899.999, 900))).toEqual([
      ...Array.from({ length: 5 }, () => "read_again"),
      "no_visible_effect",
    ]);
  });

  it("not after four unchanged reads, however late", () => {
    expect(verdicts(unchanged(5_000, 5_060, 5_120, 5_180, 5_240))).toEqual([
      ...Array.from({ length: 4 }, () => "read_again"),
      "no_visible_effect",
    ]);
  });

  it("not while credits are frozen", () => {
    const reads = unchanged(30, 90, 150, 210);
    expect(lastVerdict(...reads, [900, "before", true])).toBe("read_again");
    expect(lastVerdict(...reads, [900, "before", true], [960, "before"])).toBe("no_visible_effect");
  });

  it("counts anew after a read that differed", () => {
    const start: [number, string][] = [...unchanged(30, 90, 150, 210), [270, "flicker"]];
    expect(lastVerdict(...start, ...unchanged(900, 960, 1_020, 1_080))).toBe("read_again");
    expect(lastVerdict(...start, ...unchanged(900, 960, 1_020, 1_080, 1_140))).toBe("no_visible_effect");
  });
});

describe("a run may be going on", () => {
  const fiveMinutesMs = 300_000;

  it("not where no credits are frozen", () => {
    expect(mayGoOn({ frozen: 0, hasOtherWork: true, ageMs: 0 }, timings)).toBe(false);
  });

  it("as long as credits are frozen that no other work explains", () => {
    expect(mayGoOn({ frozen: 50, hasOtherWork: false, ageMs: 10 * fiveMinutesMs }, timings)).toBe(true);
  });

  it("for 300 s where other work may have frozen them", () => {
    const read = { frozen: 50, hasOtherWork: true };
    expect(mayGoOn({ ...read, ageMs: fiveMinutesMs - 1 }, timings)).toBe(true);
    expect(mayGoOn({ ...read, ageMs: fiveMinutesMs }, timings)).toBe(false);
  });
});

describe("the state is read", () => {
  const read = (atMs: number) => afterRead(sent, { fingerprint: "before", mayBeRunning: false, atMs }, timings).message;

  it("30 s after the outcome became unknown for the first time, however long the message had run by then", () => {
    const late = recoveryBegun(sent, sentAtMs + 240_000);
    expect(nextReadInMs(late, sentAtMs + 240_000, timings)).toBe(30_000);
    expect(nextReadInMs(sent, sentAtMs, timings)).toBe(30_000);
    expect(nextReadInMs(sent, sentAtMs + 29_000, timings)).toBe(1_000);
  });

  it("60 s after the last read from then on", () => {
    const message = read(sentAtMs + 30_000);
    expect(nextReadInMs(message, sentAtMs + 30_000, timings)).toBe(60_000);
    expect(nextReadInMs(message, sentAtMs + 80_000, timings)).toBe(10_000);
  });

  it("at once when that time has passed, as after a restart", () => {
    expect(nextReadInMs(sent, sentAtMs + 3_600_000, timings)).toBe(0);
    expect(nextReadInMs(read(sentAtMs), sentAtMs + 3_600_000, timings)).toBe(0);
  });
});
