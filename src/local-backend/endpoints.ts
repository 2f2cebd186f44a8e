/** The protocol's calls, by the names that faults and the ledger use. */
export const endpointNames = [
  "token",
  "session",
  "message",
  "upload",
  "credits",
  "state",
  "render_submit",
  "render_status",
  "cancel",
  "download",
  "cdn",
  "claim",
] as const;

export type EndpointName = (typeof endpointNames)[number];

export const scopes = ["read", "write", "upload"] as const;

/** What a token may do. An anonymous one has all three, unless it is told otherwise. */
export type Scope = (typeof scopes)[number];
