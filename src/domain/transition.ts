import type { JobFailure } from "./failure.ts";
import type { EventId } from "./id.ts";
import { hasEnded, stageOf, type EndedJob, type Job, type Made, type RunningJob } from "./job.ts";

/** How often a stage may be claimed without ending cleanly before the job fails. */
export const maxCrashes = 20;

/** A final transition needs the time and the id of the event that announces it. */
export type Ending = { nowMs: number; eventId: EventId };

/** A worker takes the job up: for the first time, or again after a poll, a crash or the next stage. */
export function claimed(job: Job, nowMs: number): RunningJob {
  assertOpen(job);
  const startedAtMs = job.status === "running" ? job.startedAtMs : nowMs;
  return { ...job, status: "running", startedAtMs, crashes: job.crashes + 1 };
}

/** What a stage has made is recorded while it goes on. */
export function making(job: RunningJob, made: Partial<Made>): RunningJob {
  return { ...job, made: { ...job.made, ...made } };
}

/** The worker lets go of the job on purpose, to be taken up later. */
export function yielded(job: RunningJob): RunningJob {
  return { ...job, crashes: 0 };
}

/** The stage is done: on to the next one, or to the end. */
export function stageDone(job: RunningJob, ending: Ending): RunningJob | EndedJob {
  if (job.stageIndex + 1 < job.plan.length) return { ...job, stageIndex: job.stageIndex + 1, crashes: 0 };
  return { ...job, status: "succeeded", finishedAtMs: ending.nowMs, eventId: ending.eventId };
}

export function failed(job: Job, failure: JobFailure, ending: Ending): EndedJob {
  assertOpen(job);
  return {
    ...job,
    status: "failed",
    startedAtMs: job.status === "running" ? job.startedAtMs : null,
    finishedAtMs: ending.nowMs,
    eventId: ending.eventId,
    error: { code: failure.code, detail: failure.detail ?? null, stage: stageOf(job) },
  };
}

function assertOpen(job: Job): asserts job is Exclude<Job, EndedJob> {
  if (hasEnded(job)) throw new Error(`${job.id} has ended as ${job.status} and stays there`);
}
