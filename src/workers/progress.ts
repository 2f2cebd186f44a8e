import { percentOfJob } from "../domain/progress.ts";
import { stageOf } from "../domain/job.ts";
import type { Claim } from "../queue/job-claim.ts";

/** Says how far the current stage is, as a fraction of it (0 to 1), with what is being done in words. */
export async function reportProgress(claim: Claim, fraction: number, text: string | null = null): Promise<void> {
  const percent = percentOfJob(claim.job, fraction);
  await claim.emit({ type: "job.progress", stage: stageOf(claim.job), percent }, { percent, text });
}
