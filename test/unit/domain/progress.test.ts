import fc from "fast-check";
import { expect, it } from "vitest";
import { planOf } from "../../../src/domain/job-request.ts";
import { percentOf } from "../../../src/domain/progress.ts";

const plans = [
  planOf({ type: "video", input: { files: [], urls: [] } }),
  planOf({ type: "video", input: { files: [], urls: ["https://example.com/a.jpg"] } }),
  ...(["upload", "generate", "export"] as const).map((type) => planOf({ type, input: { files: [], urls: [] } })),
];

/** A moment of a plan: the stage, and the fraction of it that is done. */
const moment = fc.tuple(fc.nat(2), fc.double({ min: -1, max: 2, noNaN: true }));

it.each(plans.map((plan) => [plan]))("never goes back over the plan %j, and leaves 100 to the end", (plan) => {
  fc.assert(
    fc.property(fc.array(moment), (moments) => {
      const inOrder = moments
        .map(([stageIndex, fraction]) => [Math.min(stageIndex, plan.length - 1), fraction] as const)
        .toSorted(([stageA, a], [stageB, b]) => stageA - stageB || a - b);
      const percents = inOrder.map(([stageIndex, fraction]) => percentOf(plan, stageIndex, fraction));
      expect(percents).toEqual(percents.toSorted((a, b) => a - b));
      expect(percents.every((percent) => Number.isInteger(percent) && percent >= 0 && percent <= 99)).toBe(true);
    }),
  );
});

it("begins at 0 and comes to 99", () => {
  for (const plan of plans) {
    expect(percentOf(plan, 0, 0)).toBe(0);
    expect(percentOf(plan, plan.length - 1, 1)).toBe(99);
  }
});

it("goes on from one stage to the next without a leap", () => {
  const plan = ["upload", "generate", "export"] as const;
  expect(percentOf(plan, 1, 0)).toBe(percentOf(plan, 0, 1));
  expect(percentOf(plan, 2, 0)).toBe(percentOf(plan, 1, 1));
});
