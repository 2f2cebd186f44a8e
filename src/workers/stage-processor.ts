import { DelayedError, type Job as BullJob } from "bullmq";
import type { Logger } from "pino";
import { BackendError } from "../backend-client/backend-error.ts";
import type { Backend } from "../backend-client/backend.ts";
import { JobFailure } from "../domain/failure.ts";
import type { NewId } from "../domain/id.ts";
import { stageOf, type RunningJob } from "../domain/job.ts";
import type { Stage } from "../domain/job-request.ts";
import {
  canceled,
  editAllowed,
  failed,
  making,
  maxCrashes,
  stageDone,
  willPay,
  yielded,
  type Ending,
} from "../domain/transition.ts";
import type { Gate, Gates } from "../queue/gates.ts";
import { ClaimLost, type Claim, type Claims } from "../queue/job-claim.ts";
import { deadlineFailure } from "../queue/job-control.ts";
import type { PassOn } from "../queue/pass-on.ts";
import { queueEntrySchema } from "../queue/queues.ts";
import type { GateFor } from "./account-gates.ts";
import { existingBackendSession } from "./backend-session.ts";
import type { Breaker } from "./breaker.ts";
import type { Interrupts } from "./interrupts.ts";
import { GateClosed, type StageOutcome, type StageRun } from "./stage.ts";

export type StageProcessorDeps = {
  backend: Pick<Backend, "cancelRender">;
  claims: Claims;
  passOn: PassOn;
  gates: Gates;
  gateFor: GateFor;
  breaker: Breaker;
  interrupts: Interrupts;
  stages: Record<Stage, StageRun>;
  /** Before a stage is run again that met a failure of the backend which may pass. Deadlines bound how often. */
  retryMs: number;
  /** How long each stage may take from its first claim. */
  stageLimitsMs: Record<Stage, number>;
  newId: NewId;
  now: () => number;
  log: Logger;
};

/** `again`: the queue entry comes back after so long; otherwise it is done with. */
type Attempt = { againAfterMs: number | null; logged: object };

/** Processes entries of the stage queues: claim, run the stage, record its outcome, and pass the job on. */
export function createStageProcessor(deps: StageProcessorDeps) {
  const { backend, claims, passOn, gates, gateFor, breaker, interrupts, stages, retryMs, stageLimitsMs, now, log } =
    deps;
  const ending = (): Ending => ({ nowMs: now(), eventId: deps.newId("evt") });

  return async function processEntry(entry: BullJob, token: string | undefined, signal: AbortSignal): Promise<void> {
    const claim = await claims.claim(queueEntrySchema.parse(entry.data));
    if (claim === null) return;
    const startedAtMs = now();
    const attempt = await interrupts.watch(claim.job.id, signal, async (watched) => await attemptStage(claim, watched));
    log.info({ ...wideFields(claim.job), tookMs: now() - startedAtMs, ...attempt.logged }, "stage attempt");
    if (attempt.againAfterMs !== null) {
      await entry.moveToDelayed(now() + attempt.againAfterMs, token);
      throw new DelayedError();
    }
  };

  /** What is thrown from here is not expected: the queue tries again, and `crashes` in the record bounds how often. */
  async function attemptStage(claim: Claim, signal: AbortSignal): Promise<Attempt> {
    try {
      const { job } = claim;
      if (job.cancelRequestedAtMs !== null) return await cancel(claim, signal);
      assertMayRun(claim);
      const gate = await closedGate(claim);
      if (gate !== null) return await park(claim, gate);
      const outcome = await stages[stageOf(job)](claim, signal);
      breaker.worked();
      return await record(claim, outcome);
    } catch (error) {
      return await afterError(claim, error, signal);
    }
  }

  async function afterError(claim: Claim, error: unknown, signal: AbortSignal): Promise<Attempt> {
    if (error instanceof ClaimLost) return { againAfterMs: null, logged: { outcome: "claim_lost" } };
    if (error instanceof GateClosed) return await park(claim, error.gate);
    if (signal.aborted || !(error instanceof JobFailure)) throw error;
    if (error instanceof BackendError) {
      const gate = (await gateFor(error, claim, signal)) ?? (await breaker.failed(error));
      if (gate !== null && mayWait(claim.job)) return await park(claim, gate);
      if (error.isPassing) return await record(claim, { kind: "again", afterMs: retryMs });
    }
    return await fail(claim, error, signal);
  }

  async function fail(claim: Claim, failure: JobFailure, signal: AbortSignal): Promise<Attempt> {
    if (failure.code === "deadline_exceeded") await cancelRender(claim, signal);
    await passOn(await claim.update((job) => failed(job, failure, ending())));
    const { code, detail, cause } = failure;
    return { againAfterMs: null, logged: { outcome: "failed", code, detail, err: cause } };
  }

  async function cancel(claim: Claim, signal: AbortSignal): Promise<Attempt> {
    await cancelRender(claim, signal);
    await passOn(await claim.update((job) => canceled(job, ending())));
    return { againAfterMs: null, logged: { outcome: "canceled" } };
  }

  async function park(claim: Claim, gate: Gate): Promise<Attempt> {
    await claim.park(gate);
    return { againAfterMs: null, logged: { outcome: "parked", gate: gate.reason } };
  }

  async function record(claim: Claim, outcome: StageOutcome): Promise<Attempt> {
    switch (outcome.kind) {
      case "again":
        await claim.update(yielded);
        return { againAfterMs: outcome.afterMs, logged: { outcome: "again", againAfterMs: outcome.afterMs } };
      case "done": {
        const after = await claim.update((job) => stageDone(making(job, outcome.made), ending()));
        await passOn(after);
        return { againAfterMs: null, logged: { outcome: "done", status: after.job.status } };
      }
      case "edit":
        await passOn(await claim.update((job) => editAllowed(making(job, outcome.made), outcome.edit)));
        return { againAfterMs: null, logged: { outcome: "edit" } };
    }
  }

  /** Nobody waits for it any more. That it cannot be cancelled is no reason to go on: it costs nothing. */
  async function cancelRender(claim: Claim, signal: AbortSignal): Promise<void> {
    const { render, video } = claim.job.made;
    if (render === null || video !== null) return;
    const session = { ...(render.session ?? existingBackendSession(claim)), skill: claim.job.skill };
    await backend.cancelRender({ session, renderId: render.id, signal }).catch((error: unknown) => {
      log.warn({ jobId: claim.job.id, renderId: render.id, err: error }, "a render could not be cancelled");
    });
  }

  async function closedGate(claim: Claim): Promise<Gate | null> {
    if (!mayWait(claim.job)) return null;
    return await gates.against({ account: claim.backendSession?.identityId ?? null, pays: willPay(claim.job) });
  }

  function assertMayRun({ job, waiting }: Claim): void {
    if (now() > job.deadlineAtMs) throw deadlineFailure(job, waiting);
    const stage = stageOf(job);
    if (job.stageStartedAtMs !== null && now() - job.stageStartedAtMs > stageLimitsMs[stage]) {
      const limitS = Math.round(stageLimitsMs[stage] / 1000);
      throw new JobFailure("deadline_exceeded", `The ${stage} stage did not end within its ${limitS} s.`);
    }
    if (job.crashes > maxCrashes) {
      throw new JobFailure(
        "internal_error",
        `The ${stage} stage was begun ${maxCrashes} times and never came to an end.`,
      );
    }
  }
}

/** What is under way on the backend is seen to its end, slowly where need be; only what has not begun can wait. */
function mayWait({ made }: RunningJob): boolean {
  return made.message?.state !== "sending" && made.render === null;
}

function wideFields(job: RunningJob): object {
  return { jobId: job.id, tenant: job.tenant, type: job.type, stage: stageOf(job), sessionId: job.sessionId };
}
