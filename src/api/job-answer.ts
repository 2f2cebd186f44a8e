import { viewOfJob, type JobView } from "../domain/job-view.ts";
import type { StoredJob } from "./dependencies.ts";
import type { Answer } from "./idempotency.ts";

/** A job as callers see it. */
export function viewOf({ job, circumstances }: StoredJob): JobView {
  return viewOfJob(job, circumstances);
}

/** The answer to a request that a job was accepted for. */
export function acceptedAnswer(stored: StoredJob): Answer {
  return { status: 202, body: viewOf(stored), location: `/v1/jobs/${stored.job.id}` };
}
