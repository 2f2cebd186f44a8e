import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { apiKey, operatorKey } from "../quick-settings.ts";
import type { Tally } from "./injuries.ts";

const answerLimitMs = 8_000;
const repeatAfterMs = 300;

const acceptedSchema = z.object({ id: z.string(), session_id: z.string() });
export type Accepted = z.infer<typeof acceptedSchema>;

/** Answers that say 'later'; every other refusal is a mistake of ours or of the service. */
const passing = new Set([409, 429, 500, 502, 503, 504]);

/** Sends each POST under an Idempotency-Key, and again until it has an answer, as a careful user would. */
export function createStubbornClient(apiUrl: string, tally: Tally, signal: AbortSignal) {
  /** Null where it is to be sent again. */
  async function postOnce(
    path: string,
    key: string,
    body: () => string | FormData,
    bearer: string,
  ): Promise<string | null> {
    const sent = body();
    const headers = new Headers({ authorization: `Bearer ${bearer}`, "idempotency-key": key });
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
    if (answer.ok) return text;
    tally.note(`client: answered ${answer.status}`);
    if (text.includes("job_finished")) return text;
    if (passing.has(answer.status)) return null;
    throw new Error(`POST ${path} was refused with ${answer.status}: ${text}`);
  }

  /** `body` is called for each try, since a form can be sent once. */
  async function post(
    path: string,
    key: string,
    body: () => string | FormData,
    bearer: string = apiKey,
  ): Promise<string> {
    for (;;) {
      const answer = await postOnce(path, key, body, bearer);
      if (answer !== null) return answer;
      await sleep(repeatAfterMs, undefined, { signal });
    }
  }

  return {
    async upload(key: string, file: Blob, name: string): Promise<string> {
      const form = (): FormData => {
        const data = new FormData();
        data.append("file", file, name);
        return data;
      };
      return z.object({ id: z.string() }).parse(JSON.parse(await post("/v1/files", key, form))).id;
    },
    async submit(key: string, request: object): Promise<Accepted> {
      return acceptedSchema.parse(JSON.parse(await post("/v1/jobs", key, () => JSON.stringify(request))));
    },
    /** The kill switch: all paid sends stop, and go on. */
    async operate(what: "pause" | "resume"): Promise<void> {
      await post(`/v1/operator/${what}`, randomUUID(), () => "{}", operatorKey);
    },
    /** Whether it still could be cancelled or not: only an answer counts. */
    async cancel(id: string, key: string): Promise<void> {
      await post(`/v1/jobs/${id}/cancel`, key, () => "{}");
    },
  };
}

export type StubbornClient = ReturnType<typeof createStubbornClient>;
