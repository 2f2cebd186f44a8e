import type { Edit, Made } from "../domain/job.ts";
import type { Gate } from "../queue/gates.ts";
import type { Claim } from "../queue/job-claim.ts";

/**
 * A stage carries a job on as far as it can without waiting. It may be run again at any time, after a poll or a crash, and then
 * goes by what the record says has been made. Expected failures are thrown as `JobFailure`; they end the job, or, where they will
 * pass, put it back.
 */
export type StageRun = (claim: Claim, signal: AbortSignal) => Promise<StageOutcome>;

export type StageOutcome =
  /** The stage is done; `made` goes into the record together with the step to the next stage. */
  | { kind: "done"; made: Partial<Made> }
  /** The message is done, and the edit that its reply asks for becomes a stage of its own. */
  | { kind: "edit"; made: Partial<Made>; edit: Edit }
  /** Run again after a while. Waiting holds no worker. */
  | { kind: "again"; afterMs: number };

/** A gate was found closed in the middle of a stage, before anything that it concerns was done: the job is put back. */
export class GateClosed extends Error {
  override readonly name = "GateClosed";
  readonly gate: Gate;

  constructor(gate: Gate) {
    super(gate.reason);
    this.gate = gate;
  }
}
