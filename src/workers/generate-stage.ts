import type { Logger } from "pino";
import type { Backend } from "../backend-client/backend.ts";
import type { MessageEvent } from "../backend-client/message.ts";
import type { MessageOutcome } from "../backend-client/outcome.ts";
import type { BackendSession } from "../backend-client/session.ts";
import { JobFailure } from "../domain/failure.ts";
import { messageText } from "../domain/message-text.ts";
import { requestLimits } from "../domain/job-request.ts";
import { making } from "../domain/transition.ts";
import type { Gates } from "../queue/gates.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { Storage } from "../storage/folder-storage.ts";
import { inBackendSession, isSessionGone } from "./backend-session.ts";
import { carriedOut, creditsTotal } from "./message-result.ts";
import { recoverMessage } from "./message-recovery.ts";
import { watchMessage } from "./message-watch.ts";
import { GateClosed, type StageOutcome, type StageRun } from "./stage.ts";
import type { Timings } from "./timings.ts";

export type GenerateStageDeps = {
  backend: Backend;
  storage: Storage;
  timings: Timings;
  hasOtherWork: () => Promise<boolean>;
  gates: Pick<Gates, "against">;
  now: () => number;
  /** Milliseconds on a clock that goes on while the process is frozen and is never set. */
  monotonicNow: () => number;
  log: Logger;
};

/**
 * A process that was frozen between writing the marker and sending may have been given up meanwhile, and its message recovered as
 * never carried out. So it sends only within this time of having begun to write the marker.
 */
const markerLifetimeMs = 5_000;

class MarkerExpired extends Error {
  override readonly name = "MarkerExpired";
}

/**
 * Sends the one message that costs money, at most once:
 *
 *     marker 'sending' ──► send ──► stream ends ──► result
 *         │                   ├──► certainly not carried out: marker away, again later or failed
 *         │                   └──► unknown ─┐
 *         └── found by whoever did not write it: recovery, which only ever reads
 */
export function createGenerateStage(deps: GenerateStageDeps): StageRun {
  const { backend, storage, gates, now, monotonicNow, log } = deps;

  return async function runGenerate(claim, signal) {
    if (claim.job.made.message?.state === "sending") return await recover(claim, signal);
    const text = await composeText(claim);
    return await inBackendSession(
      backend,
      claim,
      signal,
      async (session) => await sendMessage(claim, session, text, signal),
    );
  };

  async function sendMessage(
    claim: Claim,
    known: BackendSession,
    text: string,
    signal: AbortSignal,
  ): Promise<StageOutcome> {
    const before = await backend.readState({ session: known, signal });
    const session = { ...known, userId: known.userId ?? before.userId };
    const creditsBefore = await creditsTotal(backend, session, signal);

    const watch = watchMessage(claim);
    const beforeSend = async () => await markSending(claim, before.fingerprint, creditsBefore);
    const onEvent = (event: MessageEvent) => watch.onEvent(event);
    let outcome: MessageOutcome;
    try {
      outcome = await backend.sendMessage({ session, text, beforeSend, onEvent, signal });
    } catch (error) {
      // It throws only when nothing went out.
      await removeMarker(claim);
      if (error instanceof MarkerExpired) return { kind: "again", afterMs: 0 };
      throw error;
    }
    await watch.end();
    return await afterMessage(claim, session, outcome, signal);
  }

  /** Whoever finds the marker takes the message for sent, so it is written right before, and not relied on for long. */
  async function markSending(claim: Claim, fingerprintBefore: string, creditsBefore: number | null): Promise<void> {
    await assertNotPaused(claim);
    const beganAtMs = monotonicNow();
    await claim.update((job) =>
      making(job, { creditsBefore, message: { state: "sending", fingerprintBefore, sentAtMs: now(), recovery: null } }),
    );
    if (monotonicNow() - beganAtMs > markerLifetimeMs) throw new MarkerExpired();
  }

  async function afterMessage(
    claim: Claim,
    session: BackendSession,
    outcome: MessageOutcome,
    signal: AbortSignal,
  ): Promise<StageOutcome> {
    switch (outcome.kind) {
      case "finished":
        return await carriedOut(deps, { claim, session, text: outcome.reply.text, recovered: false, signal });
      case "failed":
        throw outcome.failure;
      case "not_sent":
      case "not_run":
        await removeMarker(claim);
        throw outcome.failure;
      case "unknown":
        log.warn(
          { jobId: claim.job.id, reason: outcome.reason, err: outcome.cause },
          "the outcome of a message is unknown; recovering",
        );
        return await recover(claim, signal);
    }
  }

  async function recover(claim: Claim, signal: AbortSignal): Promise<StageOutcome> {
    try {
      return await recoverMessage(deps, claim, signal);
    } catch (error) {
      if (!isSessionGone(error)) throw error;
      const detail = "The connection broke after the message was sent, and the backend has dropped the session since.";
      throw new JobFailure("outcome_unknown", detail, { cause: error });
    }
  }

  /** Only when it is certain that nothing went out. */
  async function removeMarker(claim: Claim): Promise<void> {
    await claim.update((job) => making(job, { message: null }));
  }

  /** An operator's pause holds at once, also for what is just about to be sent. */
  async function assertNotPaused(claim: Claim): Promise<void> {
    const account = claim.backendSession?.identityId ?? null;
    const gate = await gates.against({ account, pays: true }, "paused");
    if (gate !== null) throw new GateClosed(gate);
  }

  async function composeText({ job }: Claim): Promise<string> {
    const { input, output, made } = job;
    const script = input.textKey === null ? null : await storage.readText(input.textKey, requestLimits.textChars * 4);
    const text = messageText(script, input.instruction, output, made.uploads !== null);
    if (text === "") throw new JobFailure("invalid_request", "There is nothing to say to the backend.");
    return text;
  }
}
