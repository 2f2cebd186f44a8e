import { DelayedError, type Job as BullJob } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { z } from "zod";
import { hasEnded, type EndedJob } from "../domain/job.ts";
import { viewOfJob } from "../domain/job-view.ts";
import type { JobRecords, StoredJob } from "../queue/job-record.ts";
import { memberOf, type Keys } from "../queue/keys.ts";
import { webhookEntrySchema } from "../queue/queues.ts";
import { nextAttempt } from "../webhooks/retry-schedule.ts";
import type { DeliveryResult, WebhookSender } from "../webhooks/send.ts";

export type WebhookDeliveryDeps = {
  redis: Redis;
  keys: Keys;
  records: JobRecords;
  sender: WebhookSender;
  secrets: readonly string[];
  scheduleMs: readonly number[];
  now: () => number;
  random: () => number;
  log: Logger;
};

const attemptsSchema = z.object({ attempts: z.number().int().default(0), firstAttemptMs: z.number().optional() });

/** Delivers final events, each at least once and always under its own id, and tries again on the schedule of Standard Webhooks. */
export function createWebhookDelivery(deps: WebhookDeliveryDeps) {
  const { redis, keys, records, sender, secrets, scheduleMs, now, random, log } = deps;

  return async function processEntry(entry: BullJob, token: string | undefined, signal: AbortSignal): Promise<void> {
    const { tenant, jobId } = webhookEntrySchema.parse(entry.data);
    const earlier = attemptsSchema.parse(entry.data);
    const stored = await records.load({ tenant, id: jobId });
    if (stored === null || !hasEnded(stored.job) || stored.job.webhook === null) return;

    const attempt = earlier.attempts + 1;
    const firstAttemptMs = earlier.firstAttemptMs ?? now();
    const { url } = stored.job.webhook;
    const result = await sender.send({
      url,
      secrets,
      id: stored.job.eventId,
      timestampMs: now(),
      body: eventBody(stored, stored.job),
      signal,
    });
    const next = result.ok ? null : nextAttempt(failedAttempt(result, attempt, firstAttemptMs), scheduleMs);
    log.info(
      { jobId, eventId: stored.job.eventId, host: new URL(url).host, attempt, ...result, next },
      "webhook attempt",
    );

    if (next !== null && "retryAtMs" in next) {
      await entry.updateData({ ...entry.data, attempts: attempt, firstAttemptMs });
      await entry.moveToDelayed(next.retryAtMs, token);
      throw new DelayedError();
    }
    await redis.zrem(keys.outbox, memberOf({ tenant, id: jobId }));
  };

  function failedAttempt(result: Extract<DeliveryResult, { ok: false }>, attempt: number, firstAttemptMs: number) {
    const { status, retryAfter } = result;
    return {
      attempt,
      nowMs: now(),
      firstAttemptMs,
      random,
      ...(status !== undefined && { status }),
      ...(retryAfter !== undefined && { retryAfter }),
    };
  }
}

/** `{type, timestamp, data}` as Standard Webhooks recommends; the same bytes in every attempt, since the record no longer changes. */
function eventBody(stored: StoredJob, job: EndedJob): string {
  return JSON.stringify({
    type: `job.${job.status}`,
    timestamp: new Date(job.finishedAtMs).toISOString(),
    data: viewOfJob(job, stored.circumstances),
  });
}
