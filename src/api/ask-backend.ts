import type { FastifyReply } from "fastify";
import { JobFailure } from "../domain/failure.ts";
import { connectionSignal } from "./connection-signal.ts";
import type { ApiLimits } from "./dependencies.ts";

/**
 * Puts a question to the backend on behalf of the caller that `reply` is for. Throws `JobFailure` where there is no answer in time,
 * or too many ask at once.
 */
export type AskBackend = <Result>(
  reply: FastifyReply,
  question: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

export function createAskBackend({
  backendAnswerMs,
  maxBackendQuestions,
}: Pick<ApiLimits, "backendAnswerMs" | "maxBackendQuestions">): AskBackend {
  let open = 0;

  return async function askBackend(reply, question) {
    if (open >= maxBackendQuestions) {
      const detail = `This process waits for ${maxBackendQuestions} answers of the backend, which is its limit.`;
      throw new JobFailure("too_many_requests", detail);
    }
    const timeLimit = AbortSignal.timeout(backendAnswerMs);
    const signal = AbortSignal.any([connectionSignal(reply), timeLimit]);
    signal.throwIfAborted();
    open += 1;
    try {
      return await Promise.race([question(signal), abortOf(signal)]);
    } catch (error) {
      if (!timeLimit.aborted || error instanceof JobFailure) throw error;
      const detail = `The backend gave no answer within ${backendAnswerMs / 1000} s.`;
      throw new JobFailure("backend_unavailable", detail, { cause: error });
    } finally {
      open -= 1;
    }
  };
}

/** Rejects when the signal aborts: not everything that a question waits for can be broken off. */
async function abortOf(signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
