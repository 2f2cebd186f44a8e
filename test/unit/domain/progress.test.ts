import fc from "fast-check";
import { expect, it } from "vitest";
import { stageOf, type Job } from "../../../src/domain/job.ts";
import { planOf } from "../../../src/domain/job-request.ts";
import { percentOf, percentOfJob } from "../../../src/domain/progress.ts";
import { editAllowed, stageDone } from "../../../src/domain/transition.ts";
import { ending, runningJob } from "../../support/job.ts";

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

it("never goes back over a job that allows an edit, whether or not it comes", () => {
  const edit = { text: "Reorder the clips.", replyBefore: "", actionsBefore: [] };
  for (const plan of [["generate"], ["generate", "export"], ["upload", "generate", "export"]] as const) {
    for (const comes of [true, false]) {
      let job: Job = runningJob({ allowEdits: true, plan: [...plan] });
      const percents = [];
      while (job.status === "running") {
        percents.push(...[0, 0.5, 1].map((fraction) => percentOfJob(job, fraction)));
        const mayGrow: boolean = comes && stageOf(job) === "generate" && job.made.edit === null;
        job = mayGrow ? editAllowed(job, edit) : stageDone(job, ending());
      }
      expect(percents).toEqual(percents.toSorted((a, b) => a - b));
      expect(percents[0]).toBe(0);
      if (comes || plan.length > 1) expect(percents.at(-1)).toBe(99);
    }
  }
});

it("is that of the plan for a job that allows none", () => {
  const job = runningJob({ plan: ["generate", "export"], stageIndex: 1 });
  expect(percentOfJob(job, 0.5)).toBe(percentOf(job.plan, 1, 0.5));
});
