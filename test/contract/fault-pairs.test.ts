import { describe, expect, it } from "vitest";
import { quickLimits, startBench, type Fault } from "../support/stage-bench.ts";

/** A fault, and how a job may end that meets it beside another one; it may always succeed. */
type Case = { fault: Fault; ends: string[] };
const at = (endpoint: string, fault: Record<string, unknown>, ...ends: string[]): Case => ({
  fault: { endpoint, ...fault },
  ends,
});

/** One of each kind of fault, where it hurts most: the number of pairs grows with the square. Single faults are all tried elsewhere. */
const ofGenerating: Case[] = [
  at("session", { reset_after: true }),
  at("upload", { status: 500, after_work: true }),
  at("state", { hang: "before" }),
  at("state", { code: 1002, nth: 2 }, "session_gone", "outcome_unknown"),
  at("message", { status: 429 }),
  at("message", { reset_before: true }, "outcome_unknown"),
  at("message", { cut_at_event: 4 }),
  at("message", { silent: true }),
  at("message", { stream_error: { form: "unescaped", at_event: 1 } }, "generation_failed"),
];

const spoiled = ["render_failed", "video_broken"];
const ofExporting: Case[] = [
  at("render_submit", { reset_after: true }),
  at("render_submit", { code: 1002 }, "session_gone"),
  at("render_submit", { render_fail: true }, ...spoiled),
  at("render_submit", { broken_video: true }, ...spoiled),
  at("render_status", { status: 404 }),
  at("cdn", { cut_after_bytes: 100 }),
  at("download", { status: 503 }),
];

/** The pairs of each case with itself and those after it. */
const pairsOf = (cases: Case[]) =>
  cases.map((first, index) => ({ name: JSON.stringify(first.fault), first, others: cases.slice(index) }));

function expectEnd(code: string, { fault, ends }: Case, other: Case): void {
  const pair = JSON.stringify([fault, other.fault]);
  expect.soft(["succeeded", ...ends, ...other.ends], `after ${pair}`).toContain(code);
}

describe.each(["first", "last"] as const)("in the dialect '%s', a job that meets two faults is sound", (dialect) => {
  it.each(pairsOf(ofGenerating))("while it generates: $name, and each other", async ({ first, others }) => {
    const bench = await startBench(dialect, { limits: quickLimits });
    const files = [await bench.addPicture()];
    for (const other of others) {
      const { code } = await bench.generate({ plan: ["upload", "generate"] }, [first.fault, other.fault], files);
      expectEnd(code, first, other);
    }
  });

  it.each(pairsOf(ofExporting))("while it exports: $name, and each other", async ({ first, others }) => {
    const bench = await startBench(dialect, { limits: quickLimits });
    const session = await bench.sessionWithTimeline();
    for (const other of others) {
      const { code } = await bench.run({ plan: ["export"] }, [first.fault, other.fault], session);
      expectEnd(code, first, other);
    }
  });

  it("when one comes while it generates and one while it exports", async () => {
    const bench = await startBench(dialect, { limits: quickLimits });
    for (const [index, first] of ofGenerating.entries()) {
      const other = ofExporting[(index * 5) % ofExporting.length];
      if (other === undefined) continue;
      const { code } = await bench.generate({ plan: ["generate", "export"] }, [first.fault, other.fault]);
      expectEnd(code, first, other);
    }
  });
});
