import type { Redis } from "ioredis";
import { hasEnded, type Job, type KeptTimeline, type RunningJob } from "../domain/job.ts";
import type { NewId } from "../domain/id.ts";
import type { JobEvent } from "../domain/job-event.ts";
import { claimed, parked } from "../domain/transition.ts";
import type { Waiting } from "../domain/waiting.ts";
import {
  operationTtlS,
  queueEntryOf,
  type BackendSession,
  type JobRecords,
  type Progress,
  type QueueEntry,
  type StoredJob,
} from "./job-record.ts";
import { gateName, type Gate } from "./gates.ts";
import type { JobRef, Keys } from "./keys.ts";
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
  /** What it was waiting for when it was claimed: a claim out of turn, to end it. */
  readonly waiting: Waiting | null;
  /** Changes the record. `change` is pure: it may be called again on a newer record. Returns what stands then. */
  update(change: (job: RunningJob) => Job, backendSession?: BackendSession): Promise<StoredJob>;
  /** The timeline that a job of this session kept last, for when the backend has dropped the session. */
  keptTimeline(): Promise<KeptTimeline | null>;
  /** Takes the job out of the queues until a gate opens. */
  park(gate: Gate): Promise<void>;
  /** Tells watchers; `progress` is what `GET /v1/jobs/{id}` shows from then on. */
  emit(event: JobEvent, progress?: Progress): Promise<void>;
  /** Tells watchers what a repeat of a stage need not say again: within ten minutes, one event of the job under this name. */
  emitOnce(name: string, event: JobEvent): Promise<void>;
};

export type ClaimDeps = { redis: Redis; keys: Keys; records: JobRecords; newId: NewId; now: () => number };

/** The store as workers see it. */
export function createClaims({ redis, keys, records, newId, now }: ClaimDeps) {
  const emitScript = loadScript(redis, "emit");

  /** Takes up the job that a queue entry names. Null when the entry is out of date: the job has moved on or ended. */
  async function claim(entry: QueueEntry): Promise<Claim | null> {
    const ref: JobRef = { tenant: entry.tenant, id: entry.jobId };
    const stored = await records.update(ref, (found) => {
      if (hasEnded(found.job)) return null;
      const current = queueEntryOf(found);
      if (current.stage !== entry.stage || current.epoch !== entry.epoch) return null;
      return { job: claimed(found.job, now()), raiseFence: true };
    });
    if (stored === null || stored.job.status !== "running") return null;
    const session = await records.loadBackendSession({ tenant: ref.tenant, id: stored.job.sessionId });
    return createClaim(ref, stored.job, stored, session);
  }

  function createClaim(
    ref: JobRef,
    first: RunningJob,
    { fence, circumstances: { waiting } }: StoredJob,
    firstSession: BackendSession | null,
  ): Claim {
    let job = first;
    let backendSession = firstSession;

    async function update(change: (job: RunningJob) => Job, newSession?: BackendSession): Promise<StoredJob> {
      const stored = await records.update(ref, (found) => {
        if (found.fence !== fence || found.job.status !== "running") throw new ClaimLost(ref.id);
        return { job: change(found.job), ...(newSession && { backendSession: newSession }) };
      });
      if (stored === null) throw new ClaimLost(ref.id);
      if (newSession !== undefined) backendSession = newSession;
      if (stored.job.status === "running") job = stored.job;
      return stored;
    }

    async function park(gate: Gate): Promise<void> {
      const stored = await records.update(ref, (found) => {
        if (found.fence !== fence || found.job.status !== "running") throw new ClaimLost(ref.id);
        return { job: parked(found.job), park: { gate: gateName(gate), waiting: gate.waiting } };
      });
      if (stored === null) throw new ClaimLost(ref.id);
    }

    async function emitAs(operation: string, event: JobEvent, progress?: Progress): Promise<void> {
      const applied = await emitScript(
        [keys.job(ref), keys.operation(operation)],
        [
          keys.base,
          ref.tenant,
          ref.id,
          fence,
          JSON.stringify(event),
          progress === undefined ? "" : JSON.stringify(progress),
          operationTtlS,
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
      waiting,
      update,
      keptTimeline: async () => await records.loadTimeline({ tenant: ref.tenant, id: first.sessionId }),
      park,
      emit: async (event, progress) => await emitAs(newId("op"), event, progress),
      emitOnce: async (name, event) => await emitAs(`${ref.id}-${name}`, event),
    };
  }

  return { claim };
}

export type Claims = ReturnType<typeof createClaims>;
