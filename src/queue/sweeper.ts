import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { hasEnded } from "../domain/job.ts";
import type { Admission } from "./admission.ts";
import { queueEntryOf, type JobRecords } from "./job-record.ts";
import type { JobControl } from "./job-control.ts";
import { memberOf, refOfMember, type JobRef, type Keys } from "./keys.ts";
import type { MendKind, Mends } from "./mends.ts";
import { webhookEntryOf, type Queues } from "./queues.ts";
import { loadScript } from "./script.ts";

export type SweeperDeps = {
  redis: Redis;
  keys: Keys;
  records: JobRecords;
  queues: Queues;
  admission: Admission;
  control: JobControl;
  mends: Mends;
  now: () => number;
  log: Logger;
  /** How long a step may take before its being unfinished counts as left by a crash. */
  graceMs: number;
};

/** How many entries of each kind one sweep looks at. */
const sweepSize = 1_000;

/** How many of the jobs that have not ended one sweep looks at, to see that each waits for something. */
const auditSize = 200;

/**
 * Mends what a crash left between two steps: jobs that were let in and are in no queue, jobs that wait for nothing, and final events
 * that nobody delivers.
 * In normal life it finds nothing. What it mends is logged, and counted (`Mends`).
 */
export function createSweeper(deps: SweeperDeps) {
  const { redis, keys, records, queues, admission, control, mends, now, log, graceMs } = deps;
  const auditScript = loadScript(redis, "audit");
  let auditCursor = "0";

  async function olderThanGrace(key: string): Promise<JobRef[]> {
    const members = await redis.zrangebyscore(key, "-inf", now() - graceMs, "LIMIT", 0, sweepSize);
    return members.map(refOfMember);
  }

  /** A job may have moved, and an event been delivered, since they were listed. */
  async function isStillOld(key: string, ref: JobRef): Promise<boolean> {
    const score = await redis.zscore(key, memberOf(ref));
    return score !== null && Number(score) <= now() - graceMs;
  }

  async function removeStale(key: string, ref: JobRef): Promise<MendKind | null> {
    if ((await redis.zrem(key, memberOf(ref))) === 0) return null;
    log.warn({ jobId: ref.id, key }, "sweeper removed an entry of a job that has ended");
    return "stale_entry";
  }

  async function mendStage(ref: JobRef): Promise<MendKind | null> {
    const found = await records.load(ref);
    if (found === null || hasEnded(found.job)) return await removeStale(keys.admitted, ref);
    if (await queues.hasStage(queueEntryOf(found))) return null;
    if (!(await isStillOld(keys.admitted, ref))) return null;
    // The epoch is raised only if the record has not moved since, so a job that is just changing queues is left alone.
    const mended = await records.commit(found, { job: found.job, raiseEpoch: true });
    if (mended === null) return null;
    await queues.addStage(queueEntryOf(mended));
    log.warn({ jobId: ref.id, stage: queueEntryOf(mended).stage }, "sweeper put an abandoned job back into its queue");
    return "job_in_no_queue";
  }

  async function mendWebhook(ref: JobRef): Promise<MendKind | null> {
    const found = await records.load(ref);
    if (found === null || !hasEnded(found.job)) return await removeStale(keys.outbox, ref);
    const entry = webhookEntryOf(found.job);
    if (await queues.hasWebhook(entry)) return null;
    if (!(await isStillOld(keys.outbox, ref))) return null;
    await queues.addWebhook(entry);
    log.warn({ jobId: ref.id, eventId: entry.eventId }, "sweeper put an undelivered webhook back into its queue");
    return "event_undelivered";
  }

  /** Some of the jobs that have not ended, others each time. */
  async function nextOpen(): Promise<JobRef[]> {
    const [cursor, found] = await redis.zscan(keys.open, auditCursor, "COUNT", auditSize);
    auditCursor = cursor;
    return found.filter((_, at) => at % 2 === 0).map(refOfMember);
  }

  async function mendIdle(ref: JobRef): Promise<MendKind | null> {
    const found = await records.load(ref);
    if (found === null || hasEnded(found.job)) return await removeStale(keys.open, ref);
    const { sessionId } = found.job;
    if ((await auditScript([keys.job(ref)], [keys.base, ref.tenant, ref.id, sessionId, now()])) !== 1) return null;
    log.warn({ jobId: ref.id, sessionId }, "sweeper gave a job its turn that waited for nothing");
    return "job_waiting_for_nothing";
  }

  /** Jobs past their deadline that nobody has a hand on; the others are ended by whoever has. */
  async function expireOverdue(): Promise<void> {
    const overdue = await redis.zrangebyscore(keys.open, "-inf", now(), "LIMIT", 0, sweepSize);
    await Promise.all(overdue.map(async (member) => await control.expire(refOfMember(member))));
  }

  /** One sweep; returns how many things it mended. */
  async function sweep(): Promise<number> {
    await admission.releaseScheduled();
    await admission.releaseStragglers();
    await expireOverdue();
    await admission.kick();
    const idle = await Promise.all((await nextOpen()).map(mendIdle));
    const stages = await Promise.all((await olderThanGrace(keys.admitted)).map(mendStage));
    const webhooks = await Promise.all((await olderThanGrace(keys.outbox)).map(mendWebhook));
    const mended = [...idle, ...stages, ...webhooks].filter((kind) => kind !== null);
    await mends.add(mended);
    return mended.length;
  }

  return { sweep };
}
