import type { Made } from "./job.ts";

/**
 * What became of a message whose outcome is unknown (backend protocol, "Recovery"): it is learned by reading the state, never by
 * sending the message again.
 *
 *     first read 30 s after the outcome became unknown, then every 60 s
 *       state changed, two reads at least 60 s apart agree, and the run is over (or 15 min of recovery) ──► worked
 *       5 unchanged reads in a row, 15 min since the message, and the run is over ──► no visible effect
 *
 * That reads agree is not enough: between the two stages of a generation the state may stand still for longer than a minute, and
 * what is exported then has neither music nor title. See `mayGoOn`.
 */
export type RecoveryTimings = {
  firstReadMs: number;
  readEveryMs: number;
  /** How long a generation goes on without its client at the most. */
  runMs: number;
  /** How long after the message 'no visible effect' may be concluded at the earliest. */
  quietMs: number;
};

export const protocolRecoveryTimings: RecoveryTimings = {
  firstReadMs: 30_000,
  readEveryMs: 60_000,
  runMs: 300_000,
  quietMs: 15 * 60_000,
};

const unchangedReadsNeeded = 5;

export type SendingMessage = Extract<NonNullable<Made["message"]>, { state: "sending" }>;
type Recovery = NonNullable<SendingMessage["recovery"]>;
export type RecoveringMessage = SendingMessage & { recovery: Recovery };
/** `mayBeRunning`: as `mayGoOn` tells. */
export type StateRead = { fingerprint: string; mayBeRunning: boolean; atMs: number };
export type Verdict = "worked" | "no_visible_effect" | "read_again";

/**
 * Whether a run without its client may be going on: a run has credits frozen. Where other work of the account may be what froze them,
 * they say nothing, and the run is over once it has had its time.
 * @param frozen credits of the account, reserved by running work
 * @param ageMs since it is without its client; its stream may have gone on for long before
 */
export function mayGoOn(
  { frozen, hasOtherWork, ageMs }: { frozen: number; hasOtherWork: boolean; ageMs: number },
  { runMs }: Pick<RecoveryTimings, "runMs">,
): boolean {
  return frozen > 0 && (!hasOtherWork || ageMs < runMs);
}

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
  const isOver = !read.mayBeRunning || atMs - beganAtMs >= timings.quietMs;
  const worked = !isUnchanged && atMs - agreesSinceMs >= timings.readEveryMs && isOver;
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
