import { DelayedError, type Job as BullJob } from "bullmq";
import type { Logger } from "pino";
import { BackendError } from "../backend-client/backend-error.ts";
import { JobFailure } from "../domain/failure.ts";
import type { NewId } from "../domain/id.ts";
import { hasEnded, stageOf, type RunningJob } from "../domain/job.ts";
import type { Stage } from "../domain/job-request.ts";
import { failed, making, maxCrashes, stageDone, yielded, type Ending } from "../domain/transition.ts";
import type { Admission } from "../queue/admission.ts";
import { ClaimLost, type Claim, type Claims } from "../queue/job-claim.ts";
import { queueEntryOf, type StoredJob } from "../queue/job-record.ts";
import { queueEntrySchema, type Queues } from "../queue/queues.ts";
import { webhookEntryOf } from "../queue/sweeper.ts";
import type { StageOutcome, StageRun } from "./stage.ts";

export type StageProcessorDeps = {
  claims: Claims;
  queues: Queues;
  admission: Admission;
  stages: Record<Stage, StageRun>;
  /** Before a stage is run again that met a failure of the backend which may pass. The job's deadline bounds how often. */
  retryMs: number;
  newId: NewId;
  now: () => number;
  log: Logger;
};

/** Processes entries of the stage queues: claim, run the stage, record its outcome, and pass the job on. */
export function createStageProcessor({
  claims,
  queues,
  admission,
  stages,
  retryMs,
  newId,
  now,
  log,
}: StageProcessorDeps) {
  const ending = (): Ending => ({ nowMs: now(), eventId: newId("evt") });

  return async function processEntry(entry: BullJob, token: string | undefined, signal: AbortSignal): Promise<void> {
    const claim = await claims.claim(queueEntrySchema.parse(entry.data));
    if (claim === null) return;
    const startedAtMs = now();
    const outcome = await runStage(claim, signal);
    log.info({ ...wideFields(claim.job), tookMs: now() - startedAtMs, ...outcome.logged }, "stage attempt");
    if (outcome.againAfterMs !== null) {
      await entry.moveToDelayed(now() + outcome.againAfterMs, token);
      throw new DelayedError();
    }
  };

  /** What is thrown from here is not expected: the queue tries again, and `crashes` in the record bounds how often. */
  async function runStage(claim: Claim, signal: AbortSignal): Promise<{ againAfterMs: number | null; logged: object }> {
    try {
      assertMayRun(claim.job);
      const outcome = await stages[stageOf(claim.job)](claim, signal);
      return await record(claim, outcome);
    } catch (error) {
      if (error instanceof ClaimLost) return { againAfterMs: null, logged: { outcome: "claim_lost" } };
      if (error instanceof BackendError && error.isPassing)
        return await record(claim, { kind: "again", afterMs: retryMs });
      if (!(error instanceof JobFailure)) throw error;
      await passOn(await claim.update((job) => failed(job, error, ending())));
      return {
        againAfterMs: null,
        logged: { outcome: "failed", code: error.code, detail: error.detail, err: error.cause },
      };
    }
  }

  async function record(claim: Claim, outcome: StageOutcome): Promise<{ againAfterMs: number | null; logged: object }> {
    switch (outcome.kind) {
      case "again":
        await claim.update(yielded);
        return { againAfterMs: outcome.afterMs, logged: { outcome: "again", againAfterMs: outcome.afterMs } };
      case "done": {
        const after = await claim.update((job) => stageDone(making(job, outcome.made), ending()));
        await passOn(after);
        return { againAfterMs: null, logged: { outcome: "done", status: after.job.status } };
      }
    }
  }

  /** The record has moved on; now the queues follow. Whatever does not come to pass here is mended by the sweeper. */
  async function passOn(stored: StoredJob): Promise<void> {
    const { job } = stored;
    if (!hasEnded(job)) return await queues.addStage(queueEntryOf(stored));
    if (job.webhook?.events.includes(`job.${job.status}`)) await queues.addWebhook(webhookEntryOf(job));
    await admission.kick();
  }

  function assertMayRun(job: RunningJob): void {
    if (now() > job.deadlineAtMs) {
      const limitS = Math.round((job.deadlineAtMs - job.createdAtMs) / 1000);
      throw new JobFailure(
        "deadline_exceeded",
        `The job was in its ${stageOf(job)} stage when its ${limitS} s ran out.`,
      );
    }
    if (job.crashes > maxCrashes) {
      throw new JobFailure(
        "internal_error",
        `The ${stageOf(job)} stage was begun ${maxCrashes} times and never came to an end.`,
      );
    }
  }
}

function wideFields(job: RunningJob): object {
  return { jobId: job.id, tenant: job.tenant, type: job.type, stage: stageOf(job), sessionId: job.sessionId };
}
