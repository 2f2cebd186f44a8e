import { JobFailure, type FailureCode } from "../domain/failure.ts";

/**
 * Why a call to the backend failed, finer than what users are told:
 *
 * - `not_sent`: no connection came about (refused, unresolvable, connect timeout), so nothing went out
 * - `no_answer`: it went out, and then: reset, cut, or no complete answer in time
 * - `server_error`: 5xx
 * - `protocol`: an answer of a kind that is not known, redirects included
 * - all others: the backend said no, and said why; `rejected` is for a reason that is not known
 */
export type BackendReason = keyof typeof codeOfReason;

const codeOfReason = {
  not_sent: "backend_unavailable",
  no_answer: "backend_unavailable",
  server_error: "backend_unavailable",
  protocol: "backend_protocol",
  token_rejected: "backend_auth",
  client_id_rejected: "backend_auth",
  session_gone: "session_gone",
  out_of_credits: "insufficient_credits",
  export_refused: "export_not_in_plan",
  attribution_missing: "backend_protocol",
  plan_refused: "backend_rejected",
  forbidden: "backend_forbidden",
  rate_limited: "rate_limited",
  file_type: "file_type_not_supported",
  file_size: "file_too_large",
  render_not_found: "render_failed",
  render_exists: "backend_rejected",
  render_busy: "backend_rejected",
  rejected: "backend_rejected",
} as const satisfies Record<string, FailureCode>;

const passing: ReadonlySet<BackendReason> = new Set([
  "not_sent",
  "no_answer",
  "server_error",
  "rate_limited",
  "render_busy",
]);

type BackendErrorOptions = ErrorOptions & { httpStatus?: number; wireCode?: number | null };

/**
 * A call to the backend failed. It is a `JobFailure`, so whoever does not care why may let it end the job.
 * `detail` is our own words; what the backend said is in `cause`, bounded and without tokens, for the log.
 */
export class BackendError extends JobFailure {
  readonly reason: BackendReason;
  readonly httpStatus: number | null;
  /** The envelope's `code`. */
  readonly wireCode: number | null;

  constructor(reason: BackendReason, detail?: string, options: BackendErrorOptions = {}) {
    super(codeOfReason[reason], detail, options);
    this.reason = reason;
    this.httpStatus = options.httpStatus ?? null;
    this.wireCode = options.wireCode ?? null;
  }

  /** The same call may succeed later, as far as the backend's answer tells. Says nothing about whether it is safe to repeat. */
  get isPassing(): boolean {
    return passing.has(this.reason);
  }
}
