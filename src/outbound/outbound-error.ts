/**
 * Why a request to an address that a user gave came to nothing:
 * - `bad_url`: not an absolute http(s) URL, too long, or one with a user name or password in it
 * - `address_forbidden`: it leads to an address that is not public and that the operators did not allow
 * - `dns`, `connect`, `tls`: no connection, so that nothing was sent
 * - `timeout`: no complete answer in time; it may have been received
 * - `reset`: the connection broke; it may have been received
 * - `bad_response`: the answer is not HTTP
 * - `too_large`, `too_many_redirects`: over the limit that the caller set
 * - `aborted`: the caller gave up
 */
export type OutboundErrorKind =
  | "bad_url"
  | "address_forbidden"
  | "dns"
  | "connect"
  | "tls"
  | "timeout"
  | "reset"
  | "bad_response"
  | "too_large"
  | "too_many_redirects"
  | "aborted";

/** The message names at most a host: paths and queries of such URLs often hold secrets. */
export class OutboundError extends Error {
  override readonly name = "OutboundError";
  readonly kind: OutboundErrorKind;

  constructor(kind: OutboundErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
