import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { SessionId } from "../../../src/domain/id.ts";
import { sessionViewSchema } from "../../../src/domain/session.ts";
import { otherApiKey } from "../../support/api.ts";
import { startConversation } from "../../support/conversation.ts";
import { problemIn } from "../../support/problem.ts";
import { newSessionId, queuedJob } from "../../support/queued-job.ts";

const key = { "idempotency-key": "session-17" };
const pageSchema = z.object({
  data: z.array(sessionViewSchema),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

describe("POST /v1/sessions", () => {
  it("makes a session of which the backend knows nothing yet", async () => {
    const { post, api, local } = await startConversation();
    const response = await post("/v1/sessions", { skill: "ai-to-video", metadata: { order: "A-17" } });
    expect(response.status).toBe(201);
    const made = sessionViewSchema.parse(await response.json());
    expect(made).toMatchObject({
      object: "session",
      skill: "ai-to-video",
      metadata: { order: "A-17" },
      state: "empty",
      summary: null,
      media: [],
      ready_for_export: false,
      busy: false,
    });
    expect(response.headers.get("location")).toBe(`/v1/sessions/${made.id}`);
    expect(await (await api.request(`/v1/sessions/${made.id}`)).json()).toEqual(made);
    expect(await local.ledger("session")).toEqual([]);
  });

  it("needs no body, and takes none that it does not know", async () => {
    const { post, api } = await startConversation();
    expect(await (await post("/v1/sessions")).json()).toMatchObject({ skill: "text-to-video-capcut", metadata: {} });
    expect(await problemIn(await post("/v1/sessions", { colour: "red" }))).toMatchObject({
      status: 400,
      errors: [{ path: "colour" }],
    });
    expect((await api.request("/v1/sessions", { method: "POST" })).status).toBe(201);
  });

  it("makes one session under an Idempotency-Key, and refuses the key with another body", async () => {
    const { post } = await startConversation();
    const [first, second] = [await post("/v1/sessions", {}, key), await post("/v1/sessions", {}, key)];
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(await second.text()).toBe(await first.text());
    const mismatch = await post("/v1/sessions", { metadata: { a: "b" } }, key);
    expect(await problemIn(mismatch)).toMatchObject({ status: 422, code: "idempotency_mismatch" });
  });

  it("makes the same session again after a crash between making and answering", async () => {
    const { post, queue } = await startConversation({
      leaseMs: 0,
      override: ({ idempotency }) => ({
        idempotency: { ...idempotency, settle: async () => Promise.reject(new Error("crashed")) },
      }),
    });
    const [first, second] = [await post("/v1/sessions", {}, key), await post("/v1/sessions", {}, key)];
    expect(await second.json()).toMatchObject({ id: ((await first.json()) as { id: string }).id });
    expect((await queue.sessions.list("default", { limit: 10, before: null })).sessions).toHaveLength(1);
  });
});

describe("GET /v1/sessions/{id}", () => {
  it("shows what the backend has of it now", async () => {
    const { session, sessionWithTimeline } = await startConversation();
    const { id } = await sessionWithTimeline();
    const seen = await session(id);
    expect(seen).toMatchObject({ state: "active", duration_s: 4, ready_for_export: true, backend_error: null });
    expect(seen.summary).toMatch(/^Timeline \(3 tracks\): 1\. Video: /);
    expect(seen.media?.some(({ origin }) => origin === "generated")).toBe(true);
    expect(Date.parse(seen.as_of ?? "")).toBeGreaterThan(Date.parse(seen.created_at));
  });

  it("says that nothing is in it where nothing was made", async () => {
    const { session, newSession, place } = await startConversation();
    const id = await newSession();
    await place(id);
    expect(await session(id)).toMatchObject({ state: "active", summary: null, media: [], ready_for_export: false });
  });

  it("shows what was kept where the backend has dropped it, which can still be exported", async () => {
    const { local, session, sessionWithTimeline } = await startConversation();
    const { id, backendSessionId } = await sessionWithTimeline();
    await local.settings({ drop_session: backendSessionId });
    expect(await session(id)).toMatchObject({
      state: "dropped",
      summary: "Timeline (kept)",
      duration_s: 4,
      media: null,
      ready_for_export: true,
      backend_error: null,
    });
  });

  it.each([
    ["is away", { status: 503 }, "backend_unavailable"],
    ["limits the rate", { status: 429 }, "rate_limited"],
    ["says nothing in time", { hang: true }, "backend_unavailable"],
  ])("shows what was kept, and why, where the backend %s", async (_, fault, code) => {
    const { local, session, sessionWithTimeline } = await startConversation({ limits: { backendAnswerMs: 300 } });
    const { id } = await sessionWithTimeline();
    await local.fault({ endpoint: "state", ...fault });
    const seen = await session(id);
    expect(seen).toMatchObject({ state: "unknown", summary: "Timeline (kept)", backend_error: { code } });
    expect(Date.parse(seen.as_of ?? "")).toBeGreaterThanOrEqual(Date.parse(seen.created_at));
    expect(await session(id)).toMatchObject({ state: "active", backend_error: null });
  });

  it("is asked about with the identity that made it, and no other", async () => {
    const { local, session, newSession, place, queue } = await startConversation();
    const id = await newSession();
    await place(id);
    const kept = await queue.redis.hget(queue.keys.session("default", id), "backend");
    const elsewhere = JSON.stringify({ ...JSON.parse(kept ?? ""), identityId: "token-of-yesterday" });
    await queue.redis.hset(queue.keys.session("default", id), "backend", elsewhere);
    const before = (await local.ledger("request")).length;
    expect(await session(id)).toMatchObject({ state: "unknown", backend_error: { code: "backend_auth" } });
    expect(await local.ledger("request")).toHaveLength(before);
  });

  it("tells who has its turn, and how many wait", async () => {
    const { session, newSession, queue } = await startConversation();
    const id = await newSession();
    const jobs = [queuedJob({ sessionId: id }), queuedJob({ sessionId: id })];
    for (const job of jobs) await queue.store.submit(job);
    expect(await session(id)).toMatchObject({
      busy: true,
      current_job_id: jobs[0]?.id,
      jobs_waiting: 1,
      settling: false,
    });
  });

  it("tells that it settles", async () => {
    const { session, newSession, queue } = await startConversation();
    const id = await newSession();
    await queue.redis.zadd(queue.keys.settling, 1, `default|${id}`);
    expect(await session(id)).toMatchObject({ busy: false, settling: true });
  });

  it("shows the session of a job that was given none", async () => {
    const { post, session } = await startConversation();
    const job = (await (await post("/v1/jobs", { type: "video", input: { text: "A harbour." } })).json()) as {
      id: string;
      session_id: SessionId;
    };
    expect(await session(job.session_id)).toMatchObject({ state: "empty", busy: true, current_job_id: job.id });
  });

  it("does not go on asking once the caller has gone", async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    const { api, sessionWithTimeline } = await startConversation({
      override: ({ backend }) => ({
        backend: {
          ...backend,
          session: async (_, signal) => {
            asked.resolve(signal);
            return await new Promise((_resolve, reject) => {
              signal.addEventListener("abort", () => reject(signal.reason), { once: true });
            });
          },
        },
      }),
    });
    const { id } = await sessionWithTimeline();
    const caller = new AbortController();
    const answer = api.request(`/v1/sessions/${id}`, { signal: caller.signal });
    const signal = await asked.promise;
    const aborted = new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
    });
    caller.abort();
    await expect(answer).rejects.toThrow("aborted");
    await aborted;
  });

  it("does not ask more at once than the limit", async () => {
    const { local, session, sessionWithTimeline } = await startConversation({ limits: { maxBackendQuestions: 1 } });
    const { id } = await sessionWithTimeline();
    await local.fault({ endpoint: "state", delay_ms: 300 });
    const answers = await Promise.all([session(id), session(id)]);
    const codes = answers.map(({ backend_error: error }) => error?.code ?? "none");
    expect(new Set(codes)).toEqual(new Set(["none", "too_many_requests"]));
  });
});

describe("GET /v1/sessions", () => {
  it("lists them, newest first, in pages, and asks the backend nothing", async () => {
    const { api, local, newSession, sessionWithTimeline } = await startConversation();
    const { id: first } = await sessionWithTimeline();
    const [second, third] = [await newSession(), await newSession()];
    const before = (await local.ledger("request")).length;
    const page = pageSchema.parse(await (await api.request("/v1/sessions?limit=2")).json());
    expect(page.data.map(({ id }) => id)).toEqual([third, second]);
    const rest = pageSchema.parse(await (await api.request(`/v1/sessions?limit=2&cursor=${page.next_cursor}`)).json());
    expect(rest).toMatchObject({
      has_more: false,
      data: [{ id: first, state: "unknown", summary: "Timeline (kept)" }],
    });
    expect(await local.ledger("request")).toHaveLength(before);
  });
});

describe("POST /v1/sessions/{id}/claim", () => {
  const secretIn = async (response: Response) => {
    const body: unknown = await response.json();
    const { url } = z.object({ url: z.string() }).parse(body);
    return { body, url, secret: new URL(url).searchParams.get("ct") ?? "" };
  };

  it("gives a link that opens the session in a browser, and not from a cache", async () => {
    const { post, sessionWithTimeline } = await startConversation();
    const { id } = await sessionWithTimeline();
    const response = await post(`/v1/sessions/${id}/claim`);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const { body, url, secret } = await secretIn(response);
    expect(url).toMatch(/^https:\/\/web\.example\/workspace\/claim\?ct=clm_/);
    expect(secret).toMatch(/^clm_/);
    expect(body).toMatchObject({ object: "claim", session_id: id });
    expect(Date.parse((body as { expires_at: string }).expires_at)).toBeGreaterThan(Date.now());
  });

  it("leaves the secret in no log line, no key of Redis and no file, also with an Idempotency-Key", async () => {
    const { api, logged, post, queue, sessionWithTimeline } = await startConversation();
    const { id } = await sessionWithTimeline();
    const { secret } = await secretIn(await post(`/v1/sessions/${id}/claim`, {}, key));
    const { secret: second } = await secretIn(await post(`/v1/sessions/${id}/claim`, {}, key));
    expect(second).not.toBe(secret);

    await expect.poll(() => logged().split("/claim").length).toBeGreaterThan(2);
    const kept = [logged(), await everythingIn(queue.redis)];
    for (const name of await api.stored()) kept.push(await readFile(join(api.folder, name), "latin1"));
    // The search must be able to find something.
    expect(kept[1]).toContain(id);
    for (const text of kept) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(second);
      expect(text).not.toContain("clm_");
    }
  });

  it("is not to be had for an empty session, nor for a dropped one", async () => {
    const { local, post, newSession, sessionWithTimeline } = await startConversation();
    const empty = await post(`/v1/sessions/${await newSession()}/claim`);
    expect(await problemIn(empty)).toMatchObject({ status: 409, code: "session_empty" });
    const { id, backendSessionId } = await sessionWithTimeline();
    await local.settings({ drop_session: backendSessionId });
    expect(await problemIn(await post(`/v1/sessions/${id}/claim`))).toMatchObject({
      status: 409,
      code: "session_gone",
    });
  });

  it("says what is wrong with the backend, and nothing of what it answered", async () => {
    const { logged, local, post, sessionWithTimeline } = await startConversation();
    const { id } = await sessionWithTimeline();
    await local.fault({ endpoint: "claim", status: 200, body: { code: 0, data: { claim_token: ["clm_secret"] } } });
    expect(await problemIn(await post(`/v1/sessions/${id}/claim`))).toMatchObject({ code: "backend_protocol" });
    await local.fault({ endpoint: "claim", status: 400, body: { code: 7, message: "no clm_secret for you" } });
    expect(await problemIn(await post(`/v1/sessions/${id}/claim`))).toMatchObject({ code: "backend_rejected" });
    await local.fault({ endpoint: "claim", status: 500 });
    const away = await post(`/v1/sessions/${id}/claim`);
    expect(away.headers.get("retry-after")).toBe("30");
    expect(await problemIn(away)).toMatchObject({ status: 502, code: "backend_unavailable" });
    expect(logged()).not.toContain("clm_secret");
  });
});

it.each([
  ["GET", ""],
  ["POST", "/claim"],
  ["POST", "/messages"],
])("a session of another tenant does not exist for %s /v1/sessions/{id}%s", async (method, path) => {
  const { api, local, sessionWithTimeline } = await startConversation();
  const { id } = await sessionWithTimeline();
  const before = (await local.ledger("request")).length;
  const init = {
    method,
    headers: { "content-type": "application/json" },
    ...(method === "POST" && { body: JSON.stringify(path === "/messages" ? { text: "export" } : {}) }),
  };
  for (const [who, session] of [
    [otherApiKey, id],
    [undefined, newSessionId()],
  ] as const) {
    const response = await api.request(`/v1/sessions/${session}${path}`, {
      ...init,
      ...(who !== undefined && { key: who }),
    });
    expect(await problemIn(response)).toMatchObject({ status: 404, code: "not_found" });
  }
  expect(await (await api.request("/v1/sessions", { key: otherApiKey })).json()).toMatchObject({ data: [] });
  expect(await local.ledger("request")).toHaveLength(before);
});

/** Every key of the Redis, with all that it holds. */
async function everythingIn(redis: Awaited<ReturnType<typeof startConversation>>["queue"]["redis"]): Promise<string> {
  const found: string[] = [];
  for await (const page of redis.scanStream({ count: 1_000 }))
    for (const name of page as string[]) {
      const dumped = await redis.dumpBuffer(name);
      found.push(name, dumped?.toString("latin1") ?? "");
      if ((await redis.type(name)) === "hash") found.push(JSON.stringify(await redis.hgetall(name)));
    }
  return found.join("\n");
}
