import type { RecoveryTimings } from "../domain/recovery.ts";

/** How long stages wait. The protocol sets the defaults; see `config.ts`. */
export type Timings = {
  /** Between two looks at a render. */
  pollEveryMs: number;
  /** From the start of a render until it is given up. */
  renderDeadlineMs: number;
  /** Before a call that was certainly not carried out is tried again. */
  retryMs: number;
  /** How long after a tool event of a stream the timeline is looked at for news, and between two looks. */
  newsEveryMs: number;
  recovery: RecoveryTimings;
};
