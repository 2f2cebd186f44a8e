import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandom } from "../seeded-random.ts";
import type { JobRequest, StubbornClient } from "./stubborn-client.ts";

type JobType = "video" | "upload" | "generate" | "export";

/** A job that was accepted: it must not be lost. */
export type AcceptedJob = {
  id: string;
  sessionId: string;
  type: JobType;
  /** Stands in the message of this job, of its retry and of no other; null for a job that sends none. */
  mark: string | null;
  hasWebhook: boolean;
  request: JobRequest;
  retryOf: string | null;
  /** A retry that was told to send the message again, which may have been carried out before. */
  isResend: boolean;
  /** Somebody asked for its cancelling, at some moment; it may have ended before. */
  isCancelAsked: boolean;
};

/** What the sessions of the run do; mostly what needs no rendering, which costs time. */
const courses: readonly [readonly JobType[], ...(readonly JobType[])[]] = [
  ["generate"],
  ["generate"],
  ["generate", "generate", "generate"],
  ["generate", "generate", "generate", "generate", "generate"],
  ["upload", "generate"],
  ["upload", "upload", "generate", "generate"],
  ["generate", "export"],
  ["video", "generate"],
  ["upload", "generate", "generate", "export", "generate"],
];

/** So that some are waiting, some at work and some done when it comes. */
const maxCancelAfterMs = 6_000;

export type LoadOptions = {
  client: StubbornClient;
  random: SeededRandom;
  jobs: number;
  /** The time over which sessions begin. */
  spreadMs: number;
  webhookUrl: string;
  fileId: string;
  /** The share of jobs that are cancelled at some moment. */
  cancelShare: number;
  /** The share of jobs that are retried, should they fail or be cancelled. */
  retryShare: number;
};

/** `retries` are known once all that are to be retried have ended, which may take longer. */
export type Load = { accepted: AcceptedJob[]; retries: Promise<AcceptedJob[]> };

/** Submits about so many jobs, in many sessions, each session in order. Resolves when all of them are accepted. */
export async function submitLoad(options: LoadOptions): Promise<Load> {
  const { random, jobs, spreadMs } = options;
  const sessions: { course: readonly JobType[]; startAfterMs: number; name: string }[] = [];
  for (let planned = 0; planned < jobs; planned += sessions.at(-1)?.course.length ?? jobs) {
    const course = random.pick(courses);
    sessions.push({ course, startAfterMs: random.between(0, spreadMs), name: `s${sessions.length}` });
  }
  const retries: Promise<AcceptedJob | null>[] = [];
  const accepted = await Promise.all(
    sessions.map(async ({ course, startAfterMs, name }) => {
      await sleep(startAfterMs);
      return await submitSession(options, course, name, retries);
    }),
  );
  return {
    accepted: accepted.flat(),
    retries: Promise.all(retries).then((retried) => retried.filter((job) => job !== null)),
  };
}

async function submitSession(
  { client, random, webhookUrl, fileId, cancelShare, retryShare }: LoadOptions,
  course: readonly JobType[],
  name: string,
  retries: Promise<AcceptedJob | null>[],
): Promise<AcceptedJob[]> {
  const accepted: AcceptedJob[] = [];
  const cancels: Promise<void>[] = [];
  for (const [index, type] of course.entries()) {
    const key = `chaos-${name}-${index}`;
    const hasWebhook = random.chance(0.5);
    const mark = type === "video" || type === "generate" ? `Take ${name}x${index}x${random.between(0, 1e6)}end.` : null;
    const sessionId = accepted[0]?.sessionId;
    const body = {
      type,
      input: inputOf(type, mark, fileId),
      output: { quality: "low" },
      priority: random.pick([0, 0, 0, 5]),
      ...(sessionId !== undefined && { session_id: sessionId }),
      ...(hasWebhook && { webhook: { url: webhookUrl } }),
    };
    const request = { path: "/v1/jobs", key, body };
    const { id, session_id } = await acceptedOf(client, request);
    const isCancelAsked = random.chance(cancelShare);
    if (isCancelAsked) cancels.push(cancelAfter(client, id, key, random.between(0, maxCancelAfterMs)));
    const origin = { retryOf: null, isResend: false };
    const job = { id, sessionId: session_id, type, mark, hasWebhook, request, isCancelAsked, ...origin };
    accepted.push(job);
    if (!random.chance(retryShare)) continue;
    const retry = retryOnceEnded(client, job);
    // Awaited only when all are submitted.
    retry.catch(() => undefined);
    retries.push(retry);
  }
  await Promise.all(cancels);
  return accepted;
}

async function acceptedOf(client: StubbornClient, request: JobRequest) {
  const answer = await client.accept(request);
  if (answer === null) throw new Error(`${request.key} is no retry, and was refused as one`);
  return answer;
}

/** As a careful user would: the message is sent again only when the service will not go on without that. Null: it succeeded, or never ended. */
async function retryOnceEnded(client: StubbornClient, original: AcceptedJob): Promise<AcceptedJob | null> {
  const status = await client.endOf(original.id).catch(() => null);
  if (status === null || status === "succeeded") return null;
  for (const isResend of [false, true]) {
    const key = `${original.request.key}-${isResend ? "resend" : "retry"}`;
    const request = { path: `/v1/jobs/${original.id}/retry`, key, body: isResend ? { resend: true } : {} };
    const answer = await client.accept(request);
    if (answer === null) continue;
    const { id, session_id } = answer;
    return { ...original, id, sessionId: session_id, request, isCancelAsked: false, retryOf: original.id, isResend };
  }
  throw new Error(`${original.id} was told to send again, and was refused because it would`);
}

async function cancelAfter(client: StubbornClient, id: string, key: string, afterMs: number): Promise<void> {
  await sleep(afterMs);
  await client.cancel(id, `${key}-cancel`);
}

function inputOf(type: JobType, mark: string | null, fileId: string): object {
  switch (type) {
    case "video":
    case "generate":
      return { instruction: `Make a 3 second video. Resolution 90x160.\n\n${mark ?? ""}` };
    case "upload":
      return { files: [fileId] };
    case "export":
      return {};
  }
}
