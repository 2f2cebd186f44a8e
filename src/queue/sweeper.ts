import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { hasEnded, type EndedJob } from "../domain/job.ts";
import type { Admission } from "./admission.ts";
import { queueEntryOf, type JobRecords } from "./job-record.ts";
import { memberOf, refOfMember, type JobRef, type Keys } from "./keys.ts";
import type { Queues, WebhookEntry } from "./queues.ts";

export type SweeperDeps = {
  redis: Redis;
  keys: Keys;
  records: JobRecords;
  queues: Queues;
  admission: Admission;
  now: () => number;
  log: Logger;
  everyMs: number;
  /** How long a step may take before its being unfinished counts as left by a crash. */
  graceMs: number;
};

/** How many entries of each kind one sweep looks at. */
const sweepSize = 1_000;

/**
 * Mends what a crash left between two steps: admitted jobs that are in no queue, and final events that nobody delivers.
 * In normal life it finds nothing.
 */
export function createSweeper(deps: SweeperDeps) {
  const { redis, keys, records, queues, admission, now, log, everyMs, graceMs } = deps;
  let timer: NodeJS.Timeout | null = null;
  let sweeping: Promise<unknown> = Promise.resolve();

  async function olderThanGrace(key: string): Promise<JobRef[]> {
    const members = await redis.zrangebyscore(key, "-inf", now() - graceMs, "LIMIT", 0, sweepSize);
    return members.map(refOfMember);
  }

  async function mendStage(ref: JobRef): Promise<boolean> {
    const found = await records.load(ref);
    if (found === null || hasEnded(found.job)) {
      return (await redis.zrem(keys.admitted, memberOf(ref))) === 1;
    }
    if (await queues.hasStage(queueEntryOf(found))) return false;
    // The epoch is raised only if the record has not moved since, so a job that is just changing queues is left alone.
    const mended = await records.commit(found, { job: found.job, raiseEpoch: true });
    if (mended === null) return false;
    await queues.addStage(queueEntryOf(mended));
    log.warn({ jobId: ref.id, stage: queueEntryOf(mended).stage }, "sweeper put an abandoned job back into its queue");
    return true;
  }

  async function mendWebhook(ref: JobRef): Promise<boolean> {
    const found = await records.load(ref);
    if (found === null || !hasEnded(found.job)) {
      return (await redis.zrem(keys.outbox, memberOf(ref))) === 1;
    }
    const entry = webhookEntryOf(found.job);
    if (await queues.hasWebhook(entry)) return false;
    await queues.addWebhook(entry);
    log.warn({ jobId: ref.id, eventId: entry.eventId }, "sweeper put an undelivered webhook back into its queue");
    return true;
  }

  /** One sweep; returns how many things it mended. */
  async function sweep(): Promise<number> {
    await admission.kick();
    const stages = await Promise.all((await olderThanGrace(keys.admitted)).map(mendStage));
    const webhooks = await Promise.all((await olderThanGrace(keys.outbox)).map(mendWebhook));
    return [...stages, ...webhooks].filter(Boolean).length;
  }

  function schedule(): void {
    timer = setTimeout(() => {
      sweeping = sweep()
        .catch((error: unknown) => log.error({ err: error }, "sweep failed; the next one tries again"))
        .finally(() => {
          if (timer !== null) schedule();
        });
    }, everyMs);
  }

  return {
    sweep,
    start: schedule,
    async stop(): Promise<void> {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await sweeping;
    },
  };
}

export function webhookEntryOf(job: EndedJob): WebhookEntry {
  return { tenant: job.tenant, jobId: job.id, eventId: job.eventId };
}
