import type { Made } from "./job.ts";

/**
 * What became of a message whose outcome is unknown (`docs/` of the backend's protocol, "Recovery"): it is learned by reading the
 * state, never by sending the message again.
 *
 *     first read after 30 s, then every 60 s
 *       state changed, and two reads at least 60 s apart agree ──► worked
 *       5 unchanged reads in a row, 15 min since the message, nothing frozen in the credits ──► no visible effect
 */
export type RecoveryTimings = {
  firstReadMs: number;
  readEveryMs: number;
  /** How long after the message 'no visible effect' may be concluded at the earliest. */
  quietMs: number;
};

export const protocolRecoveryTimings: RecoveryTimings = {
  firstReadMs: 30_000,
  readEveryMs: 60_000,
  quietMs: 15 * 60_000,
};

const unchangedReadsNeeded = 5;

export type SendingMessage = Extract<NonNullable<Made["message"]>, { state: "sending" }>;
export type StateRead = { fingerprint: string; nothingFrozen: boolean; atMs: number };
export type Verdict = "worked" | "no_visible_effect" | "read_again";

/** What one more read of the state says, and what to remember of it. */
export function afterRead(
  message: SendingMessage,
  read: StateRead,
  timings: RecoveryTimings,
): { verdict: Verdict; message: SendingMessage } {
  const last = message.recovery;
  const agrees = last !== null && last.fingerprint === read.fingerprint;
  const unchanged = read.fingerprint === message.fingerprintBefore;
  const recovery = {
    fingerprint: read.fingerprint,
    firstReadAtMs: agrees ? last.firstReadAtMs : read.atMs,
    lastReadAtMs: read.atMs,
    unchangedReads: unchanged ? (last?.unchangedReads ?? 0) + 1 : 0,
  };
  return { verdict: verdictOf(), message: { ...message, recovery } };

  function verdictOf(): Verdict {
    if (!unchanged)
      return recovery.lastReadAtMs - recovery.firstReadAtMs >= timings.readEveryMs ? "worked" : "read_again";
    const quietLongEnough = read.atMs - message.sentAtMs >= timings.quietMs;
    return recovery.unchangedReads >= unchangedReadsNeeded && quietLongEnough && read.nothingFrozen
      ? "no_visible_effect"
      : "read_again";
  }
}

/** How long to wait before the next read, from `nowMs`. */
export function nextReadInMs({ sentAtMs, recovery }: SendingMessage, nowMs: number, timings: RecoveryTimings): number {
  const dueAtMs = recovery === null ? sentAtMs + timings.firstReadMs : recovery.lastReadAtMs + timings.readEveryMs;
  return Math.max(0, dueAtMs - nowMs);
}
