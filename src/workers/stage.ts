import type { Made } from "../domain/job.ts";
import type { Claim } from "../queue/job-claim.ts";

/**
 * A stage carries a job on as far as it can without waiting. It may be run again at any time, after a poll or a crash, and then
 * goes by what the record says has been made. Expected failures are thrown as `JobFailure`; they end the job.
 */
export type StageRun = (claim: Claim, signal: AbortSignal) => Promise<StageOutcome>;

export type StageOutcome =
  /** The stage is done; `made` goes into the record together with the step to the next stage. */
  | { kind: "done"; made: Partial<Made> }
  /** Run again after a while. Waiting holds no worker. */
  | { kind: "again"; afterMs: number };
