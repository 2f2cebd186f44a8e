import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { createBackend } from "../../src/backend-client/backend.ts";
import { systemClock } from "../../src/backend-client/clock.ts";
import { backendLimits } from "../../src/backend-client/limits.ts";
import { readerOf } from "../../src/backend-connection.ts";
import { sessionIdSchema, type SessionId } from "../../src/domain/id.ts";
import { sessionViewSchema } from "../../src/domain/session.ts";
import { making } from "../../src/domain/transition.ts";
import type { ApiLimits } from "../../src/api/dependencies.ts";
import { createIdentityStore } from "../../src/queue/identity-store.ts";
import { createLocks } from "../../src/queue/lock.ts";
import { newId } from "../../src/new-id.ts";
import { startApi } from "./api.ts";
import { claimedJob, endJob } from "./claimed-job.ts";
import { SCRIPT, startBackend, TOKEN } from "./local-backend.ts";
import { openQueue } from "./queue.ts";
import { queuedJob } from "./queued-job.ts";

type Settings = {
  token?: string | null;
  limits?: Partial<ApiLimits>;
  override?: NonNullable<Parameters<typeof startApi>[0]>["override"];
  leaseMs?: number;
};

const { signal } = new AbortController();
const skill = "ai-to-video";

/** The API with the real client at a local backend, both for the running test, and no workers. */
export async function startConversation(settings: Settings = {}) {
  const { token = TOKEN, override = () => ({}) } = settings;
  const local = await startBackend();
  const queue = openQueue();
  const { redis, keys } = queue;
  const lines: string[] = [];
  const client = createBackend({
    config: { baseUrl: local.url, webUrl: "https://web.example", token: token ?? undefined, platform: "unknown" },
    identityStore: createIdentityStore({ redis, keys, locks: createLocks({ redis, keys, newId }) }),
    publicGet: async () => Promise.reject(new Error("Nothing is downloaded here")),
    newClientId: randomUUID,
    clock: systemClock,
    limits: { ...backendLimits, rateLimitRepeats: 0 },
    log: pino({ level: "trace" }, { write: (line: string) => void lines.push(line) }),
  });
  onTestFinished(client.close);
  const usual = { backend: readerOf(client), limits: settings.limits ?? {} };
  const api = await startApi({
    queue,
    ...(settings.leaseMs !== undefined && { leaseMs: settings.leaseMs }),
    override: (real) => ({ ...usual, ...override({ ...real, ...usual }) }),
  });

  async function post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Response> {
    const sent = { "content-type": "application/json", ...headers };
    return await api.request(path, { method: "POST", headers: sent, body: JSON.stringify(body) });
  }

  async function newSession(body: object = {}): Promise<SessionId> {
    return idIn(await post("/v1/sessions", body));
  }

  /** Puts a session on the backend, as the first job of it would. */
  async function place(id: SessionId): Promise<string> {
    const job = queuedJob({ sessionId: id, ownsSession: false });
    await queue.store.submit(job);
    const claim = await claimedJob(queue, job);
    const { backendSessionId, taskId, identityId, userId } = await client.createSession({
      skill,
      language: "en",
      signal,
    });
    await claim.update((running) => running, { backendSessionId, taskId, identityId, userId });
    await endJob(claim);
    return backendSessionId;
  }

  /** A session with something on its timeline, which the record has kept too. */
  async function sessionWithTimeline(): Promise<{ id: SessionId; backendSessionId: string }> {
    const id = await newSession({ skill });
    const backendSessionId = await place(id);
    await local.say(backendSessionId, SCRIPT);
    const job = queuedJob({ sessionId: id, ownsSession: false });
    await queue.store.submit(job);
    const claim = await claimedJob(queue, job);
    const timeline = { draftKey: "draft/kept", fingerprint: "f", summary: "Timeline (kept)", durationMs: 4_000 };
    await claim.update((running) => making(running, { timeline }));
    await endJob(claim);
    return { id, backendSessionId };
  }

  const say = async (id: SessionId, message: string | object, headers: Record<string, string> = {}) =>
    await post(`/v1/sessions/${id}/messages`, typeof message === "string" ? { text: message } : message, headers);
  const session = async (id: SessionId) =>
    sessionViewSchema.parse(await (await api.request(`/v1/sessions/${id}`)).json());

  /** What the API and the client have logged. */
  const logged = () => api.logged() + lines.join("");
  return { api, queue, local, logged, post, say, session, newSession, place, sessionWithTimeline };
}

export type Conversation = Awaited<ReturnType<typeof startConversation>>;

async function idIn(answer: Response): Promise<SessionId> {
  return z.object({ id: sessionIdSchema }).parse(await answer.json()).id;
}
