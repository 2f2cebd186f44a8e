import type { Redis } from "ioredis";
import { z } from "zod";
import { eventsOfChange } from "../domain/job-event.ts";
import { hasEnded, jobSchema, stageOf, timelineSchema, type Job, type KeptTimeline } from "../domain/job.ts";
import type { Stage } from "../domain/job-request.ts";
import type { JobCircumstances } from "../domain/job-view.ts";
import { leavesUnrest, willPay } from "../domain/transition.ts";
import { sessionSettling, waitingSchema, type Waiting } from "../domain/waiting.ts";
import type { NewId } from "../domain/id.ts";
import type { JobRef, Keys, SessionRef } from "./keys.ts";
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
  /** Takes the job out of the queues until this gate opens. */
  park?: { gate: string; waiting: Waiting };
  raiseEpoch?: boolean;
  raiseFence?: boolean;
};

/** How long a script remembers that it carried an operation out. */
export const operationTtlS = 600;

const progressSchema = z.object({ percent: z.number(), text: z.string().nullable() });
export type Progress = z.infer<typeof progressSchema>;

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
    const { job: after, backendSession, park } = change;
    const ended = hasEnded(after);
    const movedOn = !ended && before.stageIndex !== after.stageIndex;
    const next: StoredJob = {
      job: after,
      version: from.version + 1,
      epoch: from.epoch + (movedOn || park !== undefined || change.raiseEpoch === true ? 1 : 0),
      fence: from.fence + (change.raiseFence === true ? 1 : 0),
      circumstances: { ...from.circumstances, waiting: ended ? null : (park?.waiting ?? from.circumstances.waiting) },
    };
    const announce = ended && after.webhook !== null && after.webhook.events.includes(`job.${after.status}`);
    const applied = await commitScript(
      [keys.job(after), keys.operation(newId("op"))],
      [
        keys.base,
        after.tenant,
        after.id,
        after.sessionId,
        from.version,
        JSON.stringify(after),
        after.status,
        next.epoch,
        next.fence,
        willPay(after) ? 1 : 0,
        JSON.stringify(eventsOfChange(before, after).map((event) => JSON.stringify(event))),
        now(),
        backendSession === undefined ? "" : JSON.stringify(backendSession),
        backendSession?.identityId ?? "",
        // What the session holds can be exported from there, should the backend drop the session.
        after.made.timeline === before.made.timeline ? "" : JSON.stringify(after.made.timeline),
        park?.gate ?? "",
        park === undefined ? "" : JSON.stringify(park.waiting),
        ended ? (leavesUnrest(after) ? "settle" : "end") : "",
        announce ? 1 : 0,
        retentionS,
        JSON.stringify(sessionSettling),
        operationTtlS,
      ],
    );
    return applied === 1 ? next : null;
  }

  /** Reads and commits until nobody was in between. `decide` returns null to leave the record alone. */
  async function update(ref: JobRef, decide: (stored: StoredJob) => Change | null): Promise<StoredJob | null> {
    for (let round = 0; round < maxCommitRounds; round++) {
      const stored = await load(ref);
      const change = stored === null ? null : decide(stored);
      if (stored === null || change === null) return null;
      const committed = await commit(stored, change);
      if (committed !== null) return committed;
    }
    throw new Error(`${ref.id} changed ${maxCommitRounds} times while one change was tried`);
  }

  async function loadBackendSession({ tenant, id }: SessionRef): Promise<BackendSession | null> {
    const kept = await redis.hget(keys.session(tenant, id), "backend");
    return kept === null ? null : backendSessionSchema.parse(JSON.parse(kept));
  }

  /** The timeline that a job of the session kept last. */
  async function loadTimeline({ tenant, id }: SessionRef): Promise<KeptTimeline | null> {
    const kept = await redis.hget(keys.session(tenant, id), "timeline");
    return kept === null ? null : timelineSchema.nullable().parse(JSON.parse(kept));
  }

  return { load, loadAll, commit, update, loadBackendSession, loadTimeline };
}

export type JobRecords = ReturnType<typeof createJobRecords>;

/** Bound on writing against concurrent changes of the same record; each round means that somebody else got a write through. */
const maxCommitRounds = 50;

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
      waiting: gate === undefined ? null : waitingSchema.parse(JSON.parse(gate)),
    },
  };
}
