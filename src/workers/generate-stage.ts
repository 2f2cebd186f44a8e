import type { Logger } from "pino";
import type { MessageOutcome } from "../backend-client/outcome.ts";
import type { BackendSession } from "../backend-client/session.ts";
import { assertRatioPossible } from "../domain/canvas.ts";
import { JobFailure } from "../domain/failure.ts";
import { messageText } from "../domain/message-text.ts";
import type { Timeline } from "../domain/timeline.ts";
import { making } from "../domain/transition.ts";
import type { Gates } from "../queue/gates.ts";
import type { Claim } from "../queue/job-claim.ts";
import { existingBackendSession, inBackendSession, isSessionGone, type SessionDeps } from "./backend-session.ts";
import { scriptOf } from "./job-words.ts";
import { carriedOut, sendingMessage, type ResultDeps } from "./message-result.ts";
import { recoverMessage, type RecoveryDeps } from "./message-recovery.ts";
import { watchMessage } from "./message-watch.ts";
import { GateClosed, type StageOutcome, type StageRun } from "./stage.ts";
import { creditsOf, totalForOneJob } from "./credits-reading.ts";
import { keepTimelineBefore } from "./timeline-reading.ts";

export type GenerateStageDeps = SessionDeps &
  ResultDeps &
  RecoveryDeps & {
    gates: Pick<Gates, "against">;
    /** Milliseconds on a clock that goes on while the process is frozen and is never set. */
    monotonicNow: () => number;
    log: Logger;
  };

/** What a message is compared with afterwards. */
type Before = { fingerprint: string; draftKey: string | null; credits: number | null };

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
 *     marker 'sending' ──► send ──► stream ends ──► reply kept ──► result
 *         │                   ├──► certainly not carried out: marker away, again later or failed
 *         │                   └──► unknown ─┐
 *         └── found by whoever did not write it: recovery, which only ever reads
 *
 * Where the reply asks for an edit that the job allows, the edit is a stage like this one, with a message of its own.
 */
export function createGenerateStage(deps: GenerateStageDeps): StageRun {
  const { backend, storage, timings, gates, now, monotonicNow, log } = deps;

  return async function runGenerate(claim, signal) {
    const { message } = claim.job.made;
    if (message?.state === "sending") {
      if (message.reply === null) return await recover(claim, signal);
      const session = existingBackendSession(claim);
      return await carriedOut(deps, { claim, session, text: message.reply, firstCut: null, recovered: false, signal });
    }
    const text = claim.job.made.edit?.text ?? (await composeText(claim));
    return await inBackendSession(
      deps,
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
    const state = await backend.readState({ session: known, signal });
    if (claim.job.made.edit === null && state.isReady) assertRatioPossible(state.draftText, claim.job.output);
    const session = { ...known, userId: known.userId ?? state.userId };
    const draftKey = await keepTimelineBefore(storage, claim.job, state);
    const credits = await totalForOneJob(deps, await creditsOf(backend, session, signal));
    const before = { fingerprint: state.fingerprint, draftKey, credits };

    const watch = watchMessage(
      { ...deps, newsEveryMs: timings.newsEveryMs },
      { claim, session, isFirst: !state.isReady },
    );
    let outcome: MessageOutcome;
    try {
      const beforeSend = async () => await markSending(claim, before);
      outcome = await backend.sendMessage({ session, text, beforeSend, onEvent: watch.onEvent, signal });
    } catch (error) {
      // It throws only when nothing went out.
      await removeMarker(claim);
      if (error instanceof MarkerExpired) return { kind: "again", afterMs: 0 };
      throw error;
    }
    return await afterMessage(claim, session, outcome, await watch.end(), signal);
  }

  /** Whoever finds the marker takes the message for sent, so it is written right before, and not relied on for long. */
  async function markSending(claim: Claim, { fingerprint, draftKey, credits }: Before): Promise<void> {
    await assertNotPaused(claim);
    const beganAtMs = monotonicNow();
    const compared = { fingerprintBefore: fingerprint, draftBeforeKey: draftKey };
    await claim.update((job) =>
      making(job, {
        creditsBefore: credits,
        message: { state: "sending", ...compared, sentAtMs: now(), reply: null, recovery: null },
      }),
    );
    if (monotonicNow() - beganAtMs > markerLifetimeMs) throw new MarkerExpired();
  }

  async function afterMessage(
    claim: Claim,
    session: BackendSession,
    outcome: MessageOutcome,
    firstCut: Timeline | null,
    signal: AbortSignal,
  ): Promise<StageOutcome> {
    switch (outcome.kind) {
      case "finished": {
        const { text } = outcome.reply;
        // Whatever happens while the state is read, what was said is not lost, and nothing has to be recovered.
        await claim.update((job) => making(job, { message: { ...sendingMessage(job), reply: text } }));
        return await carriedOut(deps, { claim, session, text, firstCut, recovered: false, signal });
      }
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
    const { skill, input, output, made } = job;
    const script = await scriptOf(storage, job);
    const text = messageText({ skill, script, instruction: input.instruction, output, uploads: made.uploads });
    if (text === "") throw new JobFailure("invalid_request", "There is nothing to say to the backend.");
    return text;
  }
}
