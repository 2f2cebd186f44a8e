import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { apiKey, operatorKey } from "../quick-settings.ts";
import type { Tally } from "./injuries.ts";

const answerLimitMs = 8_000;
const repeatAfterMs = 300;
const lookEveryMs = 2_000;

const statusSchema = z.object({ status: z.string() });
const acceptedSchema = z.object({ id: z.string(), session_id: z.string() });
export type Accepted = z.infer<typeof acceptedSchema>;
/** A POST that is answered with a job, the same one each time. */
export type JobRequest = { path: string; key: string; body: object };

/** Answers that say 'later'; every other refusal is a mistake of ours or of the service. */
const passing = new Set([409, 429, 500, 502, 503, 504]);
/** What is refused with a 409 and will be so again. */
const finalRefusals = ["job_finished", "resend_required"];

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
    if (finalRefusals.some((code) => text.includes(code))) return text;
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

  /** Null: no answer. */
  async function statusOf(id: string): Promise<string | null> {
    try {
      const answer = await fetch(new URL(`/v1/jobs/${id}`, apiUrl), {
        headers: { authorization: `Bearer ${apiKey}` },
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
      });
      return statusSchema.safeParse(await answer.json()).data?.status ?? null;
    } catch {
      return null;
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
    /** Null: it is refused because the message would be sent again. */
    async accept({ path, key, body }: JobRequest): Promise<Accepted | null> {
      const answer = await post(path, key, () => JSON.stringify(body));
      return answer.includes('"resend_required"') ? null : acceptedSchema.parse(JSON.parse(answer));
    },
    /** How a job ended, once it has. */
    async endOf(id: string): Promise<string> {
      for (;;) {
        const status = await statusOf(id);
        if (status !== null && ["succeeded", "failed", "canceled"].includes(status)) return status;
        await sleep(lookEveryMs, undefined, { signal });
      }
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
