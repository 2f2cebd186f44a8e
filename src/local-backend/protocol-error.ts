/** Why a call was refused. How it looks on the wire is the dialect's matter (`envelope.ts`). */
export type Refusal =
  | "bad_request"
  | "unauthorized"
  | "session_not_found"
  | "out_of_credits"
  | "file_type"
  | "file_too_large"
  | "plan"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited";

/** A refusal that the protocol knows; thrown anywhere in a route, answered in one place. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}
