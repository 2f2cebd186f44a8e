import type { JobFailure } from "./failure.ts";
import type { EventId } from "./id.ts";
import { hasEnded, stageOf, type Edit, type EndedJob, type Job, type Made, type RunningJob } from "./job.ts";
import type { Stage } from "./job-request.ts";

/** How often a stage may be claimed without ending cleanly before the job fails. */
export const maxCrashes = 20;

/** A final transition needs the time and the id of the event that announces it. */
export type Ending = { nowMs: number; eventId: EventId };

/** A worker takes the job up: for the first time, or again after a poll, a crash or the next stage. */
export function claimed(job: Job, nowMs: number): RunningJob {
  assertOpen(job);
  const startedAtMs = job.status === "running" ? job.startedAtMs : nowMs;
  const stageStartedAtMs = job.stageStartedAtMs ?? nowMs;
  return { ...job, status: "running", startedAtMs, stageStartedAtMs, crashes: job.crashes + 1 };
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
  if (job.stageIndex + 1 < job.plan.length)
    return { ...job, stageIndex: job.stageIndex + 1, stageStartedAtMs: null, crashes: 0 };
  return { ...job, status: "succeeded", finishedAtMs: ending.nowMs, eventId: ending.eventId };
}

/**
 * The message is done, and its reply asks for an edit that the job allows: the plan grows by a stage that sends it, once a job.
 * The new message has not been sent, so whoever claims the job next begins it like any other.
 */
export function editAllowed(job: RunningJob, edit: Edit): RunningJob {
  if (!job.allowEdits || job.made.edit !== null || stageOf(job) !== "generate")
    throw new Error(`${job.id} takes no edit at stage ${job.stageIndex}`);
  const next = job.stageIndex + 1;
  return {
    ...making(job, { message: null, edit }),
    plan: [...job.plan.slice(0, next), "generate", ...job.plan.slice(next)],
    stageIndex: next,
    stageStartedAtMs: null,
    crashes: 0,
  };
}

/** The plan that the job was accepted with. */
export function originalPlan({ plan, made }: Job): Stage[] {
  const first = plan.indexOf("generate");
  return made.edit === null ? plan : plan.filter((stage, at) => stage !== "generate" || at === first);
}

/** Back to waiting, because a gate was found closed. What was made is kept, and the stage's run time begins anew. */
export function parked(job: RunningJob): RunningJob {
  return { ...job, stageStartedAtMs: null, crashes: 0 };
}

export function failed(job: Job, failure: JobFailure, ending: Ending): EndedJob {
  const error = { code: failure.code, detail: failure.detail ?? null, stage: stageOf(job) };
  return { ...ended(job, ending), status: "failed", error };
}

export function canceled(job: Job, ending: Ending): EndedJob {
  return { ...ended(job, ending), status: "canceled" };
}

export function cancelRequested(job: Job, nowMs: number): Job {
  assertOpen(job);
  return { ...job, cancelRequestedAtMs: job.cancelRequestedAtMs ?? nowMs };
}

/**
 * After the end of a job whose message may be going on, its session is not at rest: what that does to the timeline would be taken
 * for the doing of the next job.
 */
export function leavesUnrest(job: Job): boolean {
  return hasEnded(job) && job.made.message?.state === "sending";
}

/** Whether what is left of the plan costs money. */
export function willPay(job: Job): boolean {
  return !hasEnded(job) && job.made.message === null && job.plan.slice(job.stageIndex).includes("generate");
}

function ended(job: Job, { nowMs, eventId }: Ending) {
  assertOpen(job);
  const startedAtMs = job.status === "running" ? job.startedAtMs : null;
  return { ...job, startedAtMs, finishedAtMs: nowMs, eventId };
}

function assertOpen(job: Job): asserts job is Exclude<Job, EndedJob> {
  if (hasEnded(job)) throw new Error(`${job.id} has ended as ${job.status} and stays there`);
}
