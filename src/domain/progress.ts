import type { Job } from "./job.ts";
import type { Stage } from "./job-request.ts";

/** Rough shares of the whole time, so that one percentage runs from 0 to 100 over the plan. */
const weights: Record<Stage, number> = { upload: 1, generate: 6, export: 4 };

/** Percent of the whole plan, 0 to 99 (100 is only said by the end), when `fraction` (0 to 1) of the stage at `stageIndex` is done. */
export function percentOf(plan: readonly Stage[], stageIndex: number, fraction: number): number {
  const total = plan.reduce((sum, stage) => sum + weights[stage], 0);
  const before = plan.slice(0, stageIndex).reduce((sum, stage) => sum + weights[stage], 0);
  const stage = plan[stageIndex];
  const within = stage === undefined ? 0 : weights[stage] * Math.min(1, Math.max(0, fraction));
  return Math.min(99, Math.floor(((before + within) / total) * 100));
}

/** The same for a job. One that allows an edit has a place for it from the start, so that a plan that grows takes nothing back. */
export function percentOfJob({ plan, stageIndex, allowEdits, made }: Job, fraction: number): number {
  const generate = plan.indexOf("generate");
  if (!allowEdits || made.edit !== null || generate === -1) return percentOf(plan, stageIndex, fraction);
  return percentOf(
    plan.toSpliced(generate, 0, "generate"),
    stageIndex > generate ? stageIndex + 1 : stageIndex,
    fraction,
  );
}
