import type { Redis } from "ioredis";
import { z } from "zod";
import { eventsOfChange } from "../domain/job-event.ts";
import { hasEnded, jobSchema, stageOf, type Job, type JobStatus } from "../domain/job.ts";
import type { Stage } from "../domain/job-request.ts";
import type { JobCircumstances, Waiting } from "../domain/job-view.ts";
import type { NewId } from "../domain/id.ts";
import { memberOf, type JobRef, type Keys } from "./keys.ts";
import { loadScript } from "./script.ts";

/** A job as it is kept: the record with its counters, and what is kept beside it. */
export type StoredJob = {
  job: Job;
  /** Raised by every change; a change applies to the version it was made from, or not at all. */
  version: number;
  /** Raised whenever the current stage is put into its queue anew; part of the queue entry's id. */
  epoch: number;
  /** Raised by every claim; only the worker of the last claim may write. */
  fence: number;
  circumstances: JobCircumstances;
};

/** Where a session lives on the backend, and whose it is. */
export const backendSessionSchema = z.object({
  backendSessionId: z.string(),
  taskId: z.string().nullable(),
  identityId: z.string(),
  userId: z.string().nullable(),
});
export type BackendSession = z.infer<typeof backendSessionSchema>;

export type Change = {
  job: Job;
  /** The session's place on the backend, when it was made or made anew. */
  backendSession?: BackendSession;
  raiseEpoch?: boolean;
  raiseFence?: boolean;
};

export const recordLimits = { eventsPerJob: 2_000, operationTtlS: 600 } as const;

const progressSchema = z.object({ percent: z.number(), text: z.string().nullable() });
export type Progress = z.infer<typeof progressSchema>;

const waitingByGate: Record<string, Waiting> = {
  session_busy: {
    reason: "session_busy",
    detail: "An earlier job of this session has not ended yet.",
  },
};

export type JobRecordDeps = {
  redis: Redis;
  keys: Keys;
  newId: NewId;
  now: () => number;
  retentionS: number;
};

/** Reads records, and commits changes to them. Both sides of the store are built on this. */
export function createJobRecords({ redis, keys, newId, now, retentionS }: JobRecordDeps) {
  const commitScript = loadScript(redis, "commit");

  async function load(ref: JobRef): Promise<StoredJob | null> {
    return parseRecord(await redis.hgetall(keys.job(ref)));
  }

  async function loadAll(refs: readonly JobRef[]): Promise<(StoredJob | null)[]> {
    return await Promise.all(refs.map(load));
  }

  /**
   * Writes `change` if the record still is at the version of `from`, and returns what stands then; null: somebody else was first.
   * Everything that follows from the change goes with it: events, index, the session's turn and, at the end, the outbox.
   */
  async function commit(from: StoredJob, change: Change): Promise<StoredJob | null> {
    const { job: before } = from;
    const { job: after } = change;
    const ref: JobRef = { tenant: after.tenant, id: after.id };
    const ended = hasEnded(after);
    const movedOn = !ended && stageOf(before) !== stageOf(after);
    const announce = ended && after.webhook !== null && after.webhook.events.includes(`job.${after.status}`);
    const next: StoredJob = {
      job: after,
      version: from.version + 1,
      epoch: from.epoch + (movedOn || change.raiseEpoch === true ? 1 : 0),
      fence: from.fence + (change.raiseFence === true ? 1 : 0),
      circumstances: ended ? { ...from.circumstances, waiting: null } : from.circumstances,
    };
    const applied = await commitScript(
      [
        keys.job(ref),
        keys.operation(newId("op")),
        keys.events(ref),
        keys.index(ref.tenant, shownStatus(from)),
        keys.index(ref.tenant, shownStatus(next)),
        keys.admitted,
        keys.outbox,
        keys.session(ref.tenant, after.sessionId),
        keys.line(ref.tenant, after.sessionId),
        keys.ready(ref.tenant),
        keys.ring,
        keys.virtualTime,
        keys.sequence,
      ],
      [
        ref.id,
        from.version,
        JSON.stringify(after),
        after.status,
        next.epoch,
        next.fence,
        JSON.stringify(eventsOfChange(before, after).map((event) => JSON.stringify(event))),
        keys.liveChannel,
        memberOf(ref),
        now(),
        ended ? 1 : 0,
        announce ? 1 : 0,
        retentionS,
        change.backendSession === undefined ? "" : JSON.stringify(change.backendSession),
        after.sessionId,
        ref.tenant,
        keys.base,
        recordLimits.operationTtlS,
        recordLimits.eventsPerJob,
      ],
    );
    return applied === 1 ? next : null;
  }

  async function loadBackendSession(job: Job): Promise<BackendSession | null> {
    const kept = await redis.hget(keys.session(job.tenant, job.sessionId), "backend");
    return kept === null ? null : backendSessionSchema.parse(JSON.parse(kept));
  }

  return { load, loadAll, commit, loadBackendSession };
}

export type JobRecords = ReturnType<typeof createJobRecords>;

/** The status that callers see, which is what the index goes by. */
function shownStatus({ job, circumstances }: StoredJob): JobStatus {
  return circumstances.waiting === null ? job.status : "waiting";
}

/** The name of the current stage's entry in its BullMQ queue, so that adding it twice adds it once. */
export type QueueEntry = { tenant: string; jobId: JobRef["id"]; stage: Stage; epoch: number };

export function queueEntryOf({ job, epoch }: StoredJob): QueueEntry {
  return { tenant: job.tenant, jobId: job.id, stage: stageOf(job), epoch };
}

const recordSchema = z.object({
  doc: z.string(),
  version: z.coerce.number(),
  epoch: z.coerce.number(),
  fence: z.coerce.number(),
  progress: z.string(),
  gate: z.string().optional(),
});

function parseRecord(hash: Record<string, string>): StoredJob | null {
  if (hash["doc"] === undefined) return null;
  const { doc, version, epoch, fence, progress, gate } = recordSchema.parse(hash);
  return {
    job: jobSchema.parse(JSON.parse(doc)),
    version,
    epoch,
    fence,
    circumstances: {
      progress: progressSchema.parse(JSON.parse(progress)),
      waiting: gate === undefined ? null : (waitingByGate[gate] ?? null),
    },
  };
}
