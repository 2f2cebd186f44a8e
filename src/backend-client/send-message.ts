import { JobFailure } from "../domain/failure.ts";
import type { Asker } from "./ask.ts";
import { BackendError } from "./backend-error.ts";
import type { Clock } from "./clock.ts";
import { isEventStream, StreamTooLarge } from "./event-stream.ts";
import type { Identity } from "./identity.ts";
import type { BackendLimits } from "./limits.ts";
import type { MessageInput } from "./message.ts";
import { createReplyCollector, readMessageStream } from "./message-stream.ts";
import { sortFailure, type MessageOutcome, type UnknownReason } from "./outcome.ts";
import { rejectionIn, withoutSecrets } from "./rejection.ts";
import type { BackendSession } from "./session.ts";
import { GaveUp, watchStream } from "./stream-watch.ts";
import { readAnswer, type Log, type OpenAnswer, type Transport } from "./transport.ts";

const stillWorking = "⏳ Still working...";
const maxRejectionBytes = 64 * 1024;
const maxQuotedChars = 300;

type Deps = { transport: Transport; asker: Asker; clock: Clock; limits: BackendLimits; log: Log };

/**
 * Sends a message, which may cost credits, and reads its stream to the end. Whatever happens once it may have gone out is an
 * outcome, and never an exception. Throws only when nothing went out: an unknown identity, what `beforeSend` throws, and the
 * signal's reason.
 */
export async function sendMessage(deps: Deps, input: MessageInput): Promise<MessageOutcome> {
  const { asker, clock, log } = deps;
  const { session, signal } = input;
  const startedAtMs = clock.nowMs();
  let lastTry: MessageOutcome | null = null;
  let outcome: MessageOutcome;
  try {
    const { result } = await asker.attempt({ identityId: session.identityId, signal }, async (identity) => {
      lastTry = null;
      await input.beforeSend();
      signal.throwIfAborted();
      const tried = await sendOnce(deps, input, identity);
      lastTry = tried;
      // Thrown, so that the two that may be repeated are.
      if ("failure" in tried && tried.failure instanceof BackendError && tried.kind !== "failed") throw tried.failure;
      return tried;
    });
    outcome = result;
  } catch (error) {
    outcome = afterRejection(lastTry, error);
  }
  const why = outcome.kind === "unknown" ? outcome.reason : "failure" in outcome ? outcome.failure.code : null;
  const durationMs = clock.nowMs() - startedAtMs;
  log.debug({ endpoint: "message", skill: session.skill, outcome: outcome.kind, why, durationMs }, "backend message");
  return outcome;
}

/** The message was rejected, and then maybe the renewal or the pause before the next try failed. */
function afterRejection(lastTry: MessageOutcome | null, error: unknown): MessageOutcome {
  if (lastTry === null || !(error instanceof JobFailure)) throw error;
  return lastTry.kind === "not_sent" || lastTry.kind === "not_run" ? { kind: lastTry.kind, failure: error } : lastTry;
}

async function sendOnce(deps: Deps, input: MessageInput, identity: Identity): Promise<MessageOutcome> {
  const { transport, clock, limits } = deps;
  const { session, signal, onEvent } = input;
  const watch = watchStream({
    clock,
    limits,
    signal,
    onStillWorking: () => onEvent({ type: "still_working", text: stillWorking }),
  });
  const collector = createReplyCollector({
    limits,
    onEvent: (event) => {
      if (event.type === "text") watch.shown();
      onEvent(event);
    },
  });
  let isStreaming = false;
  let finished: ReturnType<typeof collector.finish>;
  try {
    const answer = await transport.open({
      endpoint: "message",
      method: "POST",
      path: "/run_sse",
      skill: session.skill,
      token: identity.token,
      headers: { Accept: "text/event-stream" },
      body: messageBody(session.backendSessionId, input.text),
      signal: watch.signal,
    });
    if (answer.status === 200 && isEventStream(headerOf(answer, "content-type"))) {
      isStreaming = true;
      await readMessageStream(answer.body, { limits, collector, onProgress: watch.progress });
    } else {
      await rejectUnlessEmpty(deps, answer, session, identity, watch.signal);
    }
    finished = collector.finish({ isComplete: true });
  } catch (error) {
    const reason = unknownReasonOf(error, signal, isStreaming);
    if (error instanceof BackendError && reason === null) return sortFailure(error);
    return {
      kind: "unknown",
      reason: reason ?? "cut",
      reply: collector.finish({ isComplete: false }).reply,
      cause: error,
    };
  } finally {
    watch.stop();
  }
  const { reply, errorMessage } = finished;
  if (errorMessage === null) return { kind: "finished", reply };
  const cause = new Error(`The backend said: ${withoutSecrets(errorMessage, identity.token).slice(0, maxQuotedChars)}`);
  return {
    kind: "failed",
    reply,
    failure: new JobFailure("generation_failed", "The backend reported a failure while it worked on this.", { cause }),
  };
}

function messageBody(backendSessionId: string, text: string): string {
  return JSON.stringify({
    app_name: "nemo_agent",
    user_id: "me",
    session_id: backendSessionId,
    new_message: { parts: [{ text }] },
  });
}

/** An answer that is no stream: a rejection, or an empty 200, which happens and is as good as an empty stream. */
async function rejectUnlessEmpty(
  { asker }: Deps,
  answer: OpenAnswer,
  session: BackendSession,
  identity: Identity,
  signal: AbortSignal,
): Promise<void> {
  const text = new TextDecoder().decode(await readAnswer(answer, maxRejectionBytes, signal));
  const caller = asker.callerOf(identity, session);
  const rejection = rejectionIn({
    endpoint: "message",
    status: answer.status,
    text,
    caller,
    token: identity.token,
  });
  if (rejection !== null) throw rejection;
  if (answer.status === 200 && text.trim() === "") return;
  throw new BackendError("protocol", `The message was answered with HTTP ${answer.status} and no stream.`, {
    httpStatus: answer.status,
  });
}

/** Null for a failure from before the stream, which `sortFailure` knows. */
function unknownReasonOf(error: unknown, signal: AbortSignal, isStreaming: boolean): UnknownReason | null {
  if (error instanceof GaveUp) return error.why;
  if (signal.aborted) return "aborted";
  if (error instanceof StreamTooLarge) return "too_large";
  return isStreaming || !(error instanceof BackendError) ? "cut" : null;
}

function headerOf(answer: OpenAnswer, name: string): string {
  const value = answer.headers[name];
  return typeof value === "string" ? value : "";
}
