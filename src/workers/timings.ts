import type { RecoveryTimings } from "../domain/recovery.ts";

/** How long stages wait. The protocol sets the defaults; see `config.ts`. */
export type Timings = {
  /** Between two looks at a render. */
  pollEveryMs: number;
  /** From the start of a render until it is given up. */
  renderDeadlineMs: number;
  /** Before a call that was certainly not carried out is tried again. */
  retryMs: number;
  recovery: RecoveryTimings;
};
