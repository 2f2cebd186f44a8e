import type { Redis } from "ioredis";
import { jobIdSchema, type JobId } from "../domain/id.ts";
import type { JobStatus, QueuedJob } from "../domain/job.ts";
import { eventsOfChange } from "../domain/job-event.ts";
import { willPay } from "../domain/transition.ts";
import { scheduledFor, sessionBusy, sessionSettling } from "../domain/waiting.ts";
import type { JobRecords, Progress, StoredJob } from "./job-record.ts";
import type { JobRef, Keys } from "./keys.ts";
import { loadScript } from "./script.ts";

export type JobQuery = { limit: number; before: JobId | null; status: JobStatus | null };

const noProgress: Progress = { percent: 0, text: null };

/** The store as the API sees it: accept jobs, and read them. */
export function createJobStore({ redis, keys, records }: { redis: Redis; keys: Keys; records: JobRecords }) {
  const submitScript = loadScript(redis, "submit");

  /**
   * Accepts a job: record, event, index and its place in the line of its session, in one atomic step.
   * A job whose id exists already is left as it is; what stands is returned.
   */
  async function submit(job: QueuedJob): Promise<StoredJob> {
    const ref: JobRef = { tenant: job.tenant, id: job.id };
    const { runAfterMs } = job;
    await submitScript(
      [keys.job(ref)],
      [
        keys.base,
        job.tenant,
        job.id,
        job.sessionId,
        JSON.stringify(job),
        job.createdAtMs,
        JSON.stringify(eventsOfChange(null, job)[0]),
        job.priority,
        willPay(job) ? 1 : 0,
        job.deadlineAtMs,
        runAfterMs ?? "",
        runAfterMs === null ? "" : JSON.stringify(scheduledFor(runAfterMs)),
        JSON.stringify(noProgress),
        JSON.stringify(sessionBusy),
        JSON.stringify(sessionSettling),
        job.skill,
      ],
    );
    const stored = await records.load(ref);
    if (stored === null) throw new Error(`${job.id} was accepted and is not in Redis: is it evicting keys?`);
    return stored;
  }

  async function load(tenant: string, id: JobId): Promise<StoredJob | null> {
    return await records.load({ tenant, id });
  }

  /**
   * Newest first. `next` is where the next page begins, null on the last one. Entries whose record has expired are dropped from the
   * index on the way, so a page may be short, or empty.
   */
  async function list(tenant: string, query: JobQuery): Promise<{ jobs: StoredJob[]; next: JobId | null }> {
    const index = keys.index(tenant, query.status ?? "all");
    const newest = query.before === null ? "+" : `(${query.before}`;
    const ids = await redis.zrange(index, newest, "-", "BYLEX", "REV", "LIMIT", 0, query.limit + 1);
    const page = ids.slice(0, query.limit).map((id): JobRef => ({ tenant, id: jobIdSchema.parse(id) }));
    const loaded = await records.loadAll(page);
    const expired = page.filter((_, at) => loaded[at] === null).map(({ id }) => id);
    if (expired.length > 0) await redis.zrem(index, ...expired);
    return {
      jobs: loaded.filter((stored) => stored !== null),
      next: ids.length > query.limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  return { submit, load, list };
}
