import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandom } from "../seeded-random.ts";
import type { StubbornClient } from "./stubborn-client.ts";

type JobType = "video" | "upload" | "generate" | "export";

/** A job that was accepted: it must not be lost. */
export type AcceptedJob = {
  id: string;
  sessionId: string;
  type: JobType;
  /** Stands in the message of this job and of no other; null for a job that sends none. */
  mark: string | null;
  hasWebhook: boolean;
  key: string;
  request: object;
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
};

/** Submits about so many jobs, in many sessions, each session in order. Resolves when all of them are accepted. */
export async function submitLoad(options: LoadOptions): Promise<AcceptedJob[]> {
  const { random, jobs, spreadMs } = options;
  const sessions: { course: readonly JobType[]; startAfterMs: number; name: string }[] = [];
  for (let planned = 0; planned < jobs; planned += sessions.at(-1)?.course.length ?? jobs) {
    const course = random.pick(courses);
    sessions.push({ course, startAfterMs: random.between(0, spreadMs), name: `s${sessions.length}` });
  }
  const accepted = await Promise.all(
    sessions.map(async ({ course, startAfterMs, name }) => {
      await sleep(startAfterMs);
      return await submitSession(options, course, name);
    }),
  );
  return accepted.flat();
}

async function submitSession(
  { client, random, webhookUrl, fileId, cancelShare }: LoadOptions,
  course: readonly JobType[],
  name: string,
): Promise<AcceptedJob[]> {
  const accepted: AcceptedJob[] = [];
  const cancels: Promise<void>[] = [];
  for (const [index, type] of course.entries()) {
    const key = `chaos-${name}-${index}`;
    const hasWebhook = random.chance(0.5);
    const mark = type === "video" || type === "generate" ? `Take ${name}x${index}x${random.between(0, 1e6)}end.` : null;
    const sessionId = accepted[0]?.sessionId;
    const request = {
      type,
      input: inputOf(type, mark, fileId),
      output: { quality: "low" },
      priority: random.pick([0, 0, 0, 5]),
      ...(sessionId !== undefined && { session_id: sessionId }),
      ...(hasWebhook && { webhook: { url: webhookUrl } }),
    };
    const { id, session_id } = await client.submit(key, request);
    const isCancelAsked = random.chance(cancelShare);
    if (isCancelAsked) cancels.push(cancelAfter(client, id, key, random.between(0, maxCancelAfterMs)));
    accepted.push({ id, sessionId: session_id, type, mark, hasWebhook, key, request, isCancelAsked });
  }
  await Promise.all(cancels);
  return accepted;
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
