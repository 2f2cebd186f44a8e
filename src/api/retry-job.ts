import type { FastifyBaseLogger } from "fastify";
import { JobFailure } from "../domain/failure.ts";
import type { JobId, SessionId } from "../domain/id.ts";
import { hasEnded, nothingMade, stageOf, type Job, type Made, type QueuedJob } from "../domain/job.ts";
import { originalPlan } from "../domain/transition.ts";
import type { ApiDeps, StoredJob } from "./dependencies.ts";

type RetryDeps = Pick<ApiDeps, "now" | "newId" | "jobs" | "onAccepted"> & { log: FastifyBaseLogger };
type Retry = { tenant: string; id: JobId; original: Job; resend: boolean };

/**
 * Accepts a new job that goes on where the original failed or was cancelled, with all that this one had made: nothing is paid for
 * again. Throws `JobFailure`: there is nothing to retry, or a message may have been carried out and `resend` does not say to send
 * it again.
 */
export async function retryJob(deps: RetryDeps, { tenant, id, original, resend }: Retry): Promise<StoredJob> {
  const standing = await deps.jobs.load(tenant, id);
  if (standing !== null) return standing;
  if (!hasEnded(original)) throw new JobFailure("job_not_finished", `${original.id} is ${original.status}.`);
  if (original.status === "succeeded") throw new JobFailure("nothing_to_retry");
  if (wouldPayAgain(original) && !resend) throw new JobFailure("resend_required");
  const accepted = await deps.jobs.submit(retryOf(original, id, deps));
  // The job is durable, and admission looks for itself as well.
  deps.onAccepted().catch((err: unknown) => deps.log.warn({ err }, "admission not told"));
  return accepted;
}

/** Its message may have been carried out, or one was, and what it made is gone with its session. */
function wouldPayAgain(original: Job): boolean {
  const { message, edit } = original.made;
  return message?.state === "sending" || (edit !== null && startsOver(original));
}

/** A session of its own that is gone is made anew, from the first stage; a shared one may hold the work of others. */
function startsOver(original: Job): boolean {
  return original.ownsSession && isSessionGone(original) && stageOf(original) !== "export";
}

function retryOf(original: Job, id: JobId, { now, newId }: RetryDeps): QueuedJob {
  const createdAtMs = now();
  const isNew = startsOver(original);
  return {
    ...originalRequest(original),
    plan: isNew ? originalPlan(original) : original.plan,
    id,
    status: "queued",
    sessionId: isNew ? newSessionId(newId) : original.sessionId,
    stageIndex: isNew ? 0 : original.stageIndex,
    made: isNew ? nothingMade : keptOf(original.made),
    createdAtMs,
    deadlineAtMs: createdAtMs + (original.deadlineAtMs - original.createdAtMs),
    retryOf: original.id,
  };
}

function originalRequest(job: Job) {
  const { tenant, type, skill, ownsSession, input, output, allowEdits, hints, webhook, metadata } = job;
  const request = { tenant, type, skill, ownsSession, input, output, allowEdits, hints, webhook, metadata };
  return {
    ...request,
    priority: job.priority,
    batchId: job.batchId,
    runAfterMs: null,
    cancelRequestedAtMs: null,
    stageStartedAtMs: null,
    crashes: 0,
  };
}

/** A render that failed is rendered anew, for nothing; a message that was finished is not sent again. */
function keptOf({ prepared, uploads, message, edit, changes, timeline, creditsUsed }: Made): Made {
  return {
    ...nothingMade,
    prepared,
    uploads,
    edit,
    changes,
    timeline,
    creditsUsed,
    message: message?.state === "finished" ? message : null,
  };
}

function isSessionGone(job: Job): boolean {
  return job.status === "failed" && job.error.code === "session_gone";
}

function newSessionId(newId: RetryDeps["newId"]): SessionId {
  return newId("ses");
}
