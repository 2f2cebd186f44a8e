import type { Redis } from "ioredis";
import { JobFailure } from "../domain/failure.ts";
import type { JobId, NewId } from "../domain/id.ts";
import { hasEnded, type Job } from "../domain/job.ts";
import { cancelRequested, canceled, failed } from "../domain/transition.ts";
import type { Waiting } from "../domain/waiting.ts";
import { queueEntryOf, type JobRecords, type StoredJob } from "./job-record.ts";
import type { JobRef, Keys } from "./keys.ts";
import type { PassOn } from "./pass-on.ts";
import type { Queues } from "./queues.ts";

export type JobControlDeps = {
  redis: Redis;
  keys: Keys;
  records: JobRecords;
  queues: Queues;
  passOn: PassOn;
  newId: NewId;
  now: () => number;
};

/**
 * Reaches into jobs from outside their worker. A job that no worker has had yet is ended at once. Any other is *interrupted*: it
 * is put into its queue anew, for now, and the worker that has it is told to let go. Whoever claims it next finds in
 * the record what is to be done, so neither a worker that is gone nor a wait of half an hour stands in the way.
 */
export function createJobControl({ redis, keys, records, queues, passOn, newId, now }: JobControlDeps) {
  const ending = () => ({ nowMs: now(), eventId: newId("evt") });

  async function followUp(stored: StoredJob): Promise<void> {
    if (hasEnded(stored.job)) return await passOn(stored);
    await queues.addStage(queueEntryOf(stored));
    await redis.publish(keys.interruptChannel, stored.job.id);
  }

  return {
    /** Null: there is no such job. `finished`: it had ended already; else it has ended now, or does as soon as its stage has stopped. */
    async cancel(tenant: string, id: JobId): Promise<{ outcome: "requested" | "finished"; stored: StoredJob } | null> {
      const ref: JobRef = { tenant, id };
      const changed = await records.update(ref, ({ job }) => {
        if (hasEnded(job) || job.cancelRequestedAtMs !== null) return null;
        if (job.status === "queued") return { job: canceled(job, ending()) };
        return { job: cancelRequested(job, now()), raiseEpoch: true };
      });
      if (changed !== null) {
        await followUp(changed);
        return { outcome: "requested", stored: changed };
      }
      const stored = await records.load(ref);
      return stored && { outcome: hasEnded(stored.job) ? "finished" : "requested", stored };
    },

    /** Ends a job whose deadline has passed, or has its worker end it. False: there was nothing to do. */
    async expire(ref: JobRef): Promise<boolean> {
      const changed = await records.update(ref, ({ job, circumstances }) => {
        if (hasEnded(job) || now() <= job.deadlineAtMs) return null;
        if (job.status === "queued") return { job: failed(job, deadlineFailure(job, circumstances.waiting), ending()) };
        return { job, raiseEpoch: true };
      });
      if (changed !== null) await followUp(changed);
      return changed !== null;
    },
  };
}

export type JobControl = ReturnType<typeof createJobControl>;

/** What ran out, and what the time went into. A job that waits for credits to the last has failed for want of credits. */
export function deadlineFailure(job: Job, waiting: Waiting | null): JobFailure {
  const seconds = (ms: number): number => Math.round(ms / 1000);
  const limitS = seconds(job.deadlineAtMs - job.createdAtMs);
  if (waiting?.reason === "credits") {
    return new JobFailure(
      "insufficient_credits",
      `No credits came within the ${limitS} s of the job. ${waiting.detail}`,
    );
  }
  const startedAtMs = job.status === "running" ? job.startedAtMs : null;
  const where = waiting === null ? "" : ` At the end it waited: ${waiting.detail}`;
  const spent =
    startedAtMs === null
      ? "It was never started."
      : `It waited ${seconds(startedAtMs - job.createdAtMs)} s for its start, and was under way for the rest.`;
  return new JobFailure("deadline_exceeded", `The job did not end within its ${limitS} s. ${spent}${where}`);
}
