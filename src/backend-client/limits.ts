const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const MiB = 1024 * 1024;

/** Every bound of the client. Those that the protocol sets are marked; the others are ours. */
export const backendLimits = {
  connectTimeoutMs: 10 * second,
  /** A whole call, from connecting to the last byte of its answer; messages, uploads and downloads have their own. */
  callTimeoutMs: minute,
  uploadTimeoutMs: 30 * minute,
  downloadTimeoutMs: 30 * minute,
  /** Protocol: after 429 wait this long and try once more. */
  rateLimitWaitMs: 30 * second,
  /** None for a person who waits for the answer. */
  rateLimitRepeats: 1,

  /** Protocol: without a text or tool event for this long, give up on the stream. */
  streamIdleMs: 10 * minute,
  /** Protocol: the longest that a stream may take in all. */
  streamTotalMs: 15 * minute,
  /** Protocol: how often to say that it goes on, while no text comes. */
  stillWorkingEveryMs: 2 * minute,

  maxAnswerBytes: 32 * MiB,
  maxVideoBytes: 4096 * MiB,
  maxStreamBytes: 512 * MiB,
  maxEventChars: 8 * MiB,
  /** Text past this is cut off, not an error: the message was paid for. */
  maxReplyChars: MiB,

  /** An anonymous token is renewed this long before it expires. */
  tokenExpiryMarginMs: minute,
  /** Protocol: how long an anonymous token is valid, for answers that do not say. */
  tokenLifetimeMs: 7 * day,
  /** Client ids made within one lifetime of a token; the backend allows about ten tokens per address in that time. */
  maxClientIds: 3,
} as const;

export type BackendLimits = { readonly [Name in keyof typeof backendLimits]: number };
