import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { JobView } from "../../src/domain/job-view.ts";
import { startBackend, TOKEN } from "../support/local-backend.ts";
import { apiKey } from "../support/quick-settings.ts";
import { clientOfService, serviceSettings, startService } from "../support/service.ts";
import { startReceiver } from "../support/webhook-receiver.ts";

const script = "Make a 4 second video. Resolution 90x160.\n\nWho starts a job may end it. Who lost one may go on.";
const operatorKey = "operator-key-of-the-tests";
const accountListSchema = z.object({ data: z.array(z.object({ account: z.string(), current: z.boolean() })) });

async function start({ speed = 5000, settings = {} }: { speed?: number; settings?: Record<string, string> } = {}) {
  const backend = await startBackend({ settings: { speed } });
  const service = await startService({
    ...(await serviceSettings({ url: backend.url, token: TOKEN })),
    OPERATOR_KEY: operatorKey,
    ...settings,
  });
  const client = clientOfService(service);
  async function post(
    path: string,
    body: object = {},
    key = apiKey,
  ): Promise<{ status: number; body: JobView & { code?: string } }> {
    const answer = await fetch(new URL(path, service.url), {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as JobView };
  }
  /** Waits until a job is as it should be; the test's own timeout bounds it. */
  async function until(id: string, isReached: (job: JobView) => boolean): Promise<JobView> {
    for (;;) {
      const job = await client.job(id);
      if (isReached(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  async function ask(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${operatorKey}` };
    return await (await fetch(new URL(path, service.url), { headers })).json();
  }
  return { backend, service, client, post, ask, until };
}

describe("cancel", () => {
  it("ends a job that waits for its turn at once, and announces it", async () => {
    const { client, post, backend } = await start({ speed: 300 });
    const receiver = await startReceiver();
    const first = await client.submit({ type: "generate", input: { text: script } });
    const second = await client.submit({
      type: "generate",
      session_id: first.session_id,
      input: { text: "Add a title." },
      webhook: { url: receiver.url },
    });
    expect(await post(`/v1/jobs/${second.id}/cancel`)).toMatchObject({ status: 202, body: { status: "canceled" } });
    expect((await receiver.received(1))[0]).toMatchObject({ type: "job.canceled", job: { id: second.id } });
    expect((await client.finished(first.id)).job.status).toBe("succeeded");
    expect(await backend.ledger("message")).toHaveLength(1);
  });

  it("closes the stream of a running message, and the session until it is at rest", async () => {
    const { client, post, backend, until } = await start({ speed: 60 });
    const first = await client.submit({ type: "generate", input: { text: script } });
    const next = await client.submit({ type: "export", session_id: first.session_id, input: {} });
    await backend.until("message", {});
    const { status, body } = await post(`/v1/jobs/${first.id}/cancel`);
    expect([status, body.cancel_requested]).toEqual([202, true]);
    expect((await client.finished(first.id)).job.status).toBe("canceled");

    const waiting = await until(next.id, (job) => job.waiting?.reason !== "session_busy");
    expect(waiting.waiting?.reason).toBe("session_settling");
    // The run went on: what it made is exported whole by the next job.
    expect((await client.finished(next.id)).job.result?.video).toMatchObject({ width: 90, height: 160 });
    expect(await backend.ledger("message")).toHaveLength(1);
    expect((await backend.ledger("change")).length).toBeGreaterThan(1);
  });

  it("cancels a render on the backend, without waiting for the next look at it", async () => {
    const { client, post, backend } = await start({ settings: { EXPORT_POLL_MS: "600000" } });
    await backend.fault({ endpoint: "render_submit", render_slow_ms: 60_000 });
    const { id } = await client.submit({ type: "video", input: { text: script } });
    await backend.until("render", { event: "submitted" });
    await post(`/v1/jobs/${id}/cancel`);
    expect((await client.finished(id)).job.status).toBe("canceled");
    await backend.until("render", { event: "canceled" });
  });

  it("tells a finished job and an unknown id apart", async () => {
    const { client, post } = await start();
    const { id } = await client.submit({ type: "generate", input: { text: script } });
    await client.finished(id);
    expect(await post(`/v1/jobs/${id}/cancel`)).toMatchObject({ status: 409, body: { code: "job_finished" } });
    const unknown = `${id.slice(0, -4)}0000`;
    expect(await post(`/v1/jobs/${unknown}/cancel`)).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
});

describe("retry", () => {
  it("renders again from the saved draft, for nothing", async () => {
    const { client, post, backend } = await start();
    await backend.fault({ endpoint: "render_submit", render_fail: true, times: 2 });
    const { id } = await client.submit({ type: "video", input: { text: script }, metadata: { order: "A-17" } });
    expect((await client.finished(id)).job.error?.code).toBe("render_failed");

    const retry = await post(`/v1/jobs/${id}/retry`);
    expect(retry).toMatchObject({ status: 202, body: { retry_of: id, stage: "export", metadata: { order: "A-17" } } });
    expect((await client.finished(retry.body.id)).job).toMatchObject({
      status: "succeeded",
      result: { credits_used: 100 },
    });
    expect(await backend.ledger("message")).toHaveLength(1);
    expect((await client.job(id)).status).toBe("failed");
  });

  it("sends a message of unknown outcome again only when told to", async () => {
    const { client, post, backend } = await start();
    await backend.fault({ endpoint: "message", reset_before: true });
    const { id } = await client.submit({ type: "generate", input: { text: script } });
    expect((await client.finished(id)).job.error?.code).toBe("outcome_unknown");
    expect(await post(`/v1/jobs/${id}/retry`)).toMatchObject({ status: 409, body: { code: "resend_required" } });

    const retry = await post(`/v1/jobs/${id}/retry`, { resend: true });
    expect((await client.finished(retry.body.id)).job.status).toBe("succeeded");
    expect(await backend.ledger("message")).toHaveLength(1);
  });

  it("refuses a job that has not ended, and one that has succeeded", async () => {
    const { client, post } = await start({ speed: 100 });
    const { id } = await client.submit({ type: "generate", input: { text: script } });
    expect(await post(`/v1/jobs/${id}/retry`)).toMatchObject({ status: 409, body: { code: "job_not_finished" } });
    await client.finished(id);
    expect(await post(`/v1/jobs/${id}/retry`)).toMatchObject({ status: 409, body: { code: "nothing_to_retry" } });
  });
});

describe("gates", () => {
  it("let a job wait for credits, and go on when there are more", async () => {
    const { client, backend, until } = await start({ settings: { CREDITS_POLL_MS: "300" } });
    await backend.settings({ account: { token: TOKEN, credits: 10 } });
    const { id } = await client.submit({ type: "video", input: { text: script } });
    const waiting = await until(id, ({ status }) => status === "waiting");
    expect(waiting.waiting).toMatchObject({ reason: "credits", detail: expect.stringContaining("Top up") });

    await backend.settings({ account: { token: TOKEN, credits: 1_000 } });
    const { job, events } = await client.finished(id);
    expect(job.status).toBe("succeeded");
    expect(events).toContainEqual({ type: "job.waiting", waiting: waiting.waiting });
    expect(await backend.ledger("message")).toHaveLength(1);
  });

  it("let a job wait out a rate limit", async () => {
    const { client, backend, until } = await start();
    // Twice: the client asks once more itself, after the pause that the protocol wants.
    await backend.fault({ endpoint: "session", status: 429, times: 2 });
    const { id } = await client.submit({ type: "generate", input: { text: script } });
    await until(id, ({ waiting }) => waiting?.reason === "rate_limited");
    expect((await client.finished(id)).job.status).toBe("succeeded");
    expect(await backend.ledger("message")).toHaveLength(1);
  });

  it("hold back new jobs while the backend is down, and let them go on when it is back", async () => {
    const { client, backend, until } = await start({ settings: { PROBE_MS: "300" } });
    await backend.fault({ endpoint: "session", status: 503, times: 8 });
    await backend.fault({ endpoint: "credits", status: 503, times: 3 });
    const jobs = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async () => await client.submit({ type: "generate", input: { text: script } })),
    );
    const [first] = jobs;
    if (!first) throw new Error("unreachable");
    await Promise.any(jobs.map(async ({ id }) => await until(id, ({ waiting }) => waiting?.reason === "backend_down")));
    for (const { id } of jobs) expect((await client.finished(id)).job.status).toBe("succeeded");
  });

  it("stop all paid sends at an operator's word, and no others", async () => {
    const { client, post, backend, until } = await start();
    const made = await client.submit({ type: "generate", input: { text: script } });
    await client.finished(made.id);
    expect(await post("/v1/operator/pause", {}, apiKey)).toMatchObject({ status: 401 });
    expect(await post("/v1/operator/pause", {}, operatorKey)).toMatchObject({
      status: 200,
      body: { data: [{ account: "*", reason: "paused" }] },
    });
    const paid = await client.submit({ type: "generate", input: { text: script } });
    const free = await client.submit({ type: "export", session_id: made.session_id, input: {} });
    expect((await client.finished(free.id)).job.status).toBe("succeeded");
    expect((await until(paid.id, ({ status }) => status === "waiting")).waiting?.reason).toBe("paused");
    expect(await backend.ledger("message")).toHaveLength(1);

    await post("/v1/operator/resume", {}, operatorKey);
    expect((await client.finished(paid.id)).job.status).toBe("succeeded");
  });

  it("stop the paid sends of the account that an operator names, in old sessions and new, and nothing for that of another", async () => {
    const { client, post, ask, backend, until } = await start();
    const made = await client.submit({ type: "generate", input: { text: script } });
    await client.finished(made.id);
    const { data } = accountListSchema.parse(await ask("/v1/operator/accounts"));
    expect(data).toEqual([{ account: expect.any(String), current: true }]);
    const account = data[0]?.account;

    await post("/v1/operator/pause", { account: `not-${account}` }, operatorKey);
    const unheld = await client.submit({ type: "generate", input: { text: script } });
    const { events } = await client.finished(unheld.id);
    expect(events.filter(({ type }) => type === "job.waiting")).toEqual([]);
    expect(await backend.ledger("message")).toHaveLength(2);

    await post("/v1/operator/pause", { account }, operatorKey);
    const free = await client.submit({ type: "export", session_id: made.session_id, input: {} });
    const paid = [
      await client.submit({ type: "generate", input: { text: script } }),
      await client.submit({ type: "video", input: { text: script } }),
      await client.submit({ type: "generate", session_id: unheld.session_id, input: { text: "Add a title." } }),
    ];
    for (const { id } of paid)
      expect((await until(id, ({ status }) => status === "waiting")).waiting).toMatchObject({ reason: "paused" });
    expect((await client.finished(free.id)).job.status).toBe("succeeded");
    expect(await backend.ledger("message")).toHaveLength(2);

    await post("/v1/operator/resume", { account }, operatorKey);
    for (const { id } of paid) expect((await client.finished(id)).job.status).toBe("succeeded");
    expect(await backend.ledger("message")).toHaveLength(2 + paid.length);
  });
});

it("leaves nothing for the sweeper to mend where nothing crashes", async () => {
  const { client, ask, post, backend, until } = await start({
    speed: 500,
    settings: { SWEEP_MS: "20", SWEEP_GRACE_MS: "200" },
  });
  const receiver = await startReceiver();
  const webhook = { url: receiver.url };
  const file = await client.upload(join(import.meta.dirname, "../../examples/pictures/1.jpg"));
  const first = await client.submit({ type: "video", input: { text: script }, webhook });
  const { session_id } = first;
  const jobs = [
    first,
    await client.submit({ type: "generate", session_id, input: { text: "Add a title." }, webhook }),
    await client.submit({ type: "export", session_id, input: {}, webhook }),
    await client.submit({ type: "video", input: { text: script, files: [file] }, webhook }),
    await client.submit({
      type: "generate",
      input: { text: script },
      run_after: new Date(Date.now() + 1_000).toISOString(),
    }),
  ];
  await backend.fault({ endpoint: "message", reset_after: true });
  const canceled = await client.submit({ type: "generate", input: { text: script }, webhook });
  await until(canceled.id, ({ status }) => status === "running");
  await post(`/v1/jobs/${canceled.id}/cancel`);
  for (const { id } of [...jobs, canceled]) await client.finished(id);
  await receiver.received(5);
  expect(await ask("/v1/operator/sweeper")).toEqual({
    object: "sweeper",
    mended: { job_in_no_queue: 0, job_waiting_for_nothing: 0, event_undelivered: 0, stale_entry: 0 },
  });
});

it("starts a scheduled job when its time has come, and not before", async () => {
  const { client, backend } = await start();
  const runAfter = new Date(Date.now() + 2_000).toISOString();
  const { id } = await client.submit({ type: "generate", input: { text: script }, run_after: runAfter });
  expect((await client.job(id)).waiting).toMatchObject({ reason: "scheduled", until: runAfter });
  const { job } = await client.finished(id);
  expect(job.status).toBe("succeeded");
  expect(Date.parse(job.started_at ?? "")).toBeGreaterThanOrEqual(Date.parse(runAfter));
  expect(await backend.ledger("message")).toHaveLength(1);
});
