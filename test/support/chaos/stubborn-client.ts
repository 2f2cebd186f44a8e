import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { apiKey } from "../quick-settings.ts";
import type { Tally } from "./injuries.ts";

const answerLimitMs = 8_000;
const repeatAfterMs = 300;

const acceptedSchema = z.object({ id: z.string(), session_id: z.string().optional() });
export type Accepted = z.infer<typeof acceptedSchema>;

/** Answers that say 'later'; every other refusal is a mistake of ours or of the service. */
const passing = new Set([409, 429, 500, 502, 503, 504]);

/** Sends each POST under an Idempotency-Key, and again until it has an answer, as a careful user would. */
export function createStubbornClient(apiUrl: string, tally: Tally, signal: AbortSignal) {
  async function postOnce(path: string, key: string, body: () => string | FormData): Promise<Accepted | null> {
    const sent = body();
    const headers = new Headers({ authorization: `Bearer ${apiKey}`, "idempotency-key": key });
    if (typeof sent === "string") headers.set("content-type", "application/json");
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(new URL(path, apiUrl), {
        method: "POST",
        headers,
        body: sent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
      });
      text = await answer.text();
    } catch {
      signal.throwIfAborted();
      tally.note("client: no answer");
      return null;
    }
    if (answer.ok) return acceptedSchema.parse(JSON.parse(text));
    tally.note(`client: answered ${answer.status}`);
    if (passing.has(answer.status)) return null;
    throw new Error(`POST ${path} was refused with ${answer.status}: ${text}`);
  }

  /** `body` is called for each try, since a form can be sent once. */
  async function post(path: string, key: string, body: () => string | FormData): Promise<Accepted> {
    for (;;) {
      const accepted = await postOnce(path, key, body);
      if (accepted !== null) return accepted;
      await sleep(repeatAfterMs, undefined, { signal });
    }
  }

  return {
    post,
    async submit(key: string, request: object): Promise<Accepted & { session_id: string }> {
      const { id, session_id: sessionId } = await post("/v1/jobs", key, () => JSON.stringify(request));
      if (sessionId === undefined) throw new Error(`${id} was accepted without a session`);
      return { id, session_id: sessionId };
    },
  };
}

export type StubbornClient = ReturnType<typeof createStubbornClient>;
