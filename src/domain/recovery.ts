import type { Made } from "./job.ts";

/**
 * What became of a message whose outcome is unknown (backend protocol, "Recovery"): it is learned by reading the state, never by
 * sending the message again.
 *
 *     first read 30 s after the outcome became unknown, then every 60 s
 *       state changed, and two reads at least 60 s apart agree ──► worked
 *       5 unchanged reads in a row, 15 min since the message, and nothing frozen in the credits
 *       where the account has no other work ──► no visible effect
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
type Recovery = NonNullable<SendingMessage["recovery"]>;
export type RecoveringMessage = SendingMessage & { recovery: Recovery };
/** `mayBeRunning`: the account has credits frozen that no other work of it explains. */
export type StateRead = { fingerprint: string; mayBeRunning: boolean; atMs: number };
export type Verdict = "worked" | "no_visible_effect" | "read_again";

export function recoveryBegun(message: SendingMessage, nowMs: number): RecoveringMessage {
  return { ...message, recovery: { beganAtMs: nowMs, lastRead: null } };
}

/** What one more read of the state says, and what to remember of it. */
export function afterRead(
  message: RecoveringMessage,
  read: StateRead,
  timings: RecoveryTimings,
): { verdict: Verdict; message: RecoveringMessage } {
  const { atMs, fingerprint } = read;
  const { lastRead, beganAtMs } = message.recovery;
  const isUnchanged = fingerprint === message.fingerprintBefore;
  const agreesSinceMs = lastRead?.fingerprint === fingerprint ? lastRead.agreesSinceMs : atMs;
  const unchangedReads = isUnchanged ? (lastRead?.unchangedReads ?? 0) + 1 : 0;
  const recovery: Recovery = { beganAtMs, lastRead: { atMs, fingerprint, agreesSinceMs, unchangedReads } };
  const worked = !isUnchanged && atMs - agreesSinceMs >= timings.readEveryMs;
  const hasNoEffect =
    unchangedReads >= unchangedReadsNeeded && atMs - message.sentAtMs >= timings.quietMs && !read.mayBeRunning;
  return {
    verdict: worked ? "worked" : hasNoEffect ? "no_visible_effect" : "read_again",
    message: { ...message, recovery },
  };
}

/** How long to wait before the next read, from `nowMs`. */
export function nextReadInMs({ recovery }: RecoveringMessage, nowMs: number, timings: RecoveryTimings): number {
  const { beganAtMs, lastRead } = recovery;
  const dueAtMs = lastRead === null ? beganAtMs + timings.firstReadMs : lastRead.atMs + timings.readEveryMs;
  return Math.max(0, dueAtMs - nowMs);
}
