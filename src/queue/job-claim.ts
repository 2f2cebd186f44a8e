import type { Redis } from "ioredis";
import { hasEnded, type Job, type RunningJob } from "../domain/job.ts";
import type { JobEvent } from "../domain/job-event.ts";
import { claimed } from "../domain/transition.ts";
import {
  recordLimits,
  queueEntryOf,
  type BackendSession,
  type Change,
  type JobRecords,
  type Progress,
  type QueueEntry,
  type StoredJob,
} from "./job-record.ts";
import { memberOf, type JobRef, type Keys } from "./keys.ts";
import { loadScript } from "./script.ts";

/** Another worker has claimed the job since, or it has ended: this one must stop, and write nothing more. */
export class ClaimLost extends Error {
  override readonly name = "ClaimLost";
}

/** A worker's hold on a job. Every write carries its fence; a worker that was overtaken gets `ClaimLost`. */
export type Claim = {
  /** The record as of the last write of this claim. */
  readonly job: RunningJob;
  readonly backendSession: BackendSession | null;
  /** Changes the record. `change` is pure: it may be called again on a newer record. Returns what stands then. */
  update(change: (job: RunningJob) => Job, backendSession?: BackendSession): Promise<StoredJob>;
  /** Tells watchers; `progress` is what `GET /v1/jobs/{id}` shows from then on. */
  emit(event: JobEvent, progress?: Progress): Promise<void>;
};

/** Bound on writing against concurrent changes of the same record; each round means that somebody else got a write through. */
const maxCommitRounds = 50;

export type ClaimDeps = { redis: Redis; keys: Keys; records: JobRecords; now: () => number };

/** The store as workers see it. */
export function createClaims({ redis, keys, records, now }: ClaimDeps) {
  const emitScript = loadScript(redis, "emit");

  /** Reads and commits until nobody was in between. `decide` returns null to leave the record alone. */
  async function commitOn(ref: JobRef, decide: (stored: StoredJob) => Change | null): Promise<StoredJob | null> {
    for (let round = 0; round < maxCommitRounds; round++) {
      const stored = await records.load(ref);
      const change = stored === null ? null : decide(stored);
      if (stored === null || change === null) return null;
      const committed = await records.commit(stored, change);
      if (committed !== null) return committed;
    }
    throw new Error(`${ref.id} changed ${maxCommitRounds} times while one change was tried`);
  }

  /** Takes up the job that a queue entry names. Null when the entry is out of date: the job has moved on or ended. */
  async function claim(entry: QueueEntry): Promise<Claim | null> {
    const ref: JobRef = { tenant: entry.tenant, id: entry.jobId };
    const stored = await commitOn(ref, (found) => {
      if (hasEnded(found.job)) return null;
      const current = queueEntryOf(found);
      if (current.stage !== entry.stage || current.epoch !== entry.epoch) return null;
      return { job: claimed(found.job, now()), raiseFence: true };
    });
    if (stored === null || stored.job.status !== "running") return null;
    return createClaim(ref, stored.job, stored.fence, await records.loadBackendSession(stored.job));
  }

  function createClaim(ref: JobRef, first: RunningJob, fence: number, firstSession: BackendSession | null): Claim {
    let job = first;
    let backendSession = firstSession;

    async function update(change: (job: RunningJob) => Job, newSession?: BackendSession): Promise<StoredJob> {
      const stored = await commitOn(ref, (found) => {
        if (found.fence !== fence || found.job.status !== "running") throw new ClaimLost(ref.id);
        return { job: change(found.job), ...(newSession && { backendSession: newSession }) };
      });
      if (stored === null) throw new ClaimLost(ref.id);
      if (newSession !== undefined) backendSession = newSession;
      if (stored.job.status === "running") job = stored.job;
      return stored;
    }

    async function emit(event: JobEvent, progress?: Progress): Promise<void> {
      const applied = await emitScript(
        [keys.job(ref), keys.events(ref)],
        [
          fence,
          JSON.stringify(event),
          progress === undefined ? "" : JSON.stringify(progress),
          keys.liveChannel,
          memberOf(ref),
          recordLimits.eventsPerJob,
        ],
      );
      if (applied !== 1) throw new ClaimLost(ref.id);
    }

    return {
      get job() {
        return job;
      },
      get backendSession() {
        return backendSession;
      },
      update,
      emit,
    };
  }

  return { claim, commitOn };
}

export type Claims = ReturnType<typeof createClaims>;
