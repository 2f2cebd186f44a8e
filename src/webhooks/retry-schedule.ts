import { parseRetryAfter } from "../outbound/retry-after.ts";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** The wait before each attempt; the first goes out at once. From the Standard Webhooks specification: ten attempts in 76 hours. */
export const standardScheduleMs: readonly number[] = [
  0,
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];

const maxRetryAfterMs = 24 * hourMs;
/** Only `Retry-After` can stretch the schedule this far. */
const maxDeliveryAgeMs = 7 * 24 * hourMs;
const jitterShare = 0.1;
/** The receiver or what stands before it is overloaded (Standard Webhooks: throttle). */
const throttleStatuses = new Set([429, 502, 504]);

export type FailedAttempt = {
  /** How many attempts were made, this one included: 1 after the first. */
  attempt: number;
  /** Left out when there was no answer. */
  status?: number;
  /** The `Retry-After` header, as it came. */
  retryAfter?: string;
  nowMs: number;
  firstAttemptMs: number;
  /** In [0, 1), like `Math.random`. */
  random: () => number;
};

/**
 * - `gone`: 410; the endpoint wants no more webhooks and should be disabled
 * - `exhausted`: that was the last attempt of the schedule
 * - `expired`: the next one would come more than a week after the first
 */
export type GiveUpReason = "gone" | "exhausted" | "expired";

export type NextAttempt = { retryAtMs: number } | { giveUp: GiveUpReason };

/** Success is 2xx and nothing else; a redirect is not followed and is a failure (Standard Webhooks). */
export function isDelivered(status: number): boolean {
  return status >= 200 && status <= 299;
}

/**
 * When to try again after a failed attempt. `Retry-After` can put the next attempt off, by a day at most, but not bring it forward:
 * a receiver that answers "in a minute" through an outage of hours would use up all attempts in ten minutes.
 */
export function nextAttempt(
  { attempt, status, retryAfter, nowMs, firstAttemptMs, random }: FailedAttempt,
  scheduleMs: readonly number[] = standardScheduleMs,
): NextAttempt {
  if (status === 410) return { giveUp: "gone" };
  const waitMs = scheduleMs[attempt];
  if (waitMs === undefined) return { giveUp: "exhausted" };

  const throttled = status !== undefined && throttleStatuses.has(status);
  const stepMs = throttled ? (scheduleMs[attempt + 1] ?? waitMs) : waitMs;
  const jitter = 1 - jitterShare + 2 * jitterShare * random();
  const scheduledMs = nowMs + Math.round(stepMs * jitter);
  const askedMs = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, nowMs);
  const retryAtMs = Math.max(scheduledMs, Math.min(askedMs ?? nowMs, nowMs + maxRetryAfterMs));

  return retryAtMs - firstAttemptMs > maxDeliveryAgeMs ? { giveUp: "expired" } : { retryAtMs };
}
