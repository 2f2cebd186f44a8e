import type { JobFailure } from "../domain/failure.ts";
import type { BackendError, BackendReason } from "./backend-error.ts";

/** What the stream of a message held. */
export type Reply = {
  /** What people may see, joined; not yet translated from the words of a GUI. Empty for about a third of the edits. */
  text: string;
  textEvents: number;
  toolEvents: number;
  aliveEvents: number;
  unknownEvents: number;
  /** The text was longer than the limit and is cut off. */
  isTruncated: boolean;
};

/** Why the outcome of a message is not known. */
export type UnknownReason =
  /** No answer: reset, or a connection that ended before the headers. */
  | "no_answer"
  | "server_error"
  /** A refusal that the protocol does not list as 'not run'. */
  | "unclear_rejection"
  /** An answer that is neither a stream nor an error, or a redirect. */
  | "not_a_stream"
  /** The stream broke off. */
  | "cut"
  /** No text or tool event for `streamIdleMs`. */
  | "idle"
  /** It took longer than `streamTotalMs`. */
  | "too_long"
  /** An event or the stream is over its limit. */
  | "too_large"
  /** The caller's signal aborted after it went out; the run goes on without us. */
  | "aborted";

/**
 * What became of a message.
 *
 * - `finished`: the stream ended. An empty text is normal: the state says what changed.
 * - `failed`: the backend reported a failure after it had begun. Counts as carried out, and so perhaps as charged.
 * - `not_sent`, `not_run`: it certainly did nothing, and may be sent again.
 * - `unknown`: it may have run, and may be running now. It must not be sent again, but recovered by reading the state.
 */
export type MessageOutcome =
  | { kind: "finished"; reply: Reply }
  | { kind: "failed"; reply: Reply; failure: JobFailure }
  | { kind: "not_sent" | "not_run"; failure: JobFailure }
  | { kind: "unknown"; reason: UnknownReason; reply: Reply | null; cause: unknown };

/**
 * The one place that sorts the failures of a message. Only the rejections that the protocol lists mean 'not run';
 * in doubt it is 'unknown', since taking it for 'not run' could pay twice.
 */
export function sortFailure(
  failure: BackendError,
): Extract<MessageOutcome, { kind: "not_sent" | "not_run" | "unknown" }> {
  const sorted = kindOf(failure.reason);
  if (sorted === "not_sent" || sorted === "not_run") return { kind: sorted, failure };
  return { kind: "unknown", reason: sorted, reply: null, cause: failure };
}

function kindOf(reason: BackendReason): "not_sent" | "not_run" | UnknownReason {
  switch (reason) {
    case "not_sent":
      return "not_sent";
    case "token_rejected":
    case "session_gone":
    case "out_of_credits":
    case "export_refused":
    case "attribution_missing":
    case "plan_refused":
    case "forbidden":
    case "rate_limited":
      return "not_run";
    case "no_answer":
    case "server_error":
      return reason;
    case "protocol":
      return "not_a_stream";
    case "client_id_rejected":
    case "file_type":
    case "file_size":
    case "render_not_found":
    case "render_exists":
    case "render_busy":
    case "rejected":
      return "unclear_rejection";
  }
}
