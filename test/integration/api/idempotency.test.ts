import { describe, expect, it } from "vitest";
import { jobIdSchema } from "../../../src/domain/id.ts";
import { newId } from "../../../src/new-id.ts";
import { onePixelPng, otherApiKey, postFile, postJob, scriptJob, startApi, type TestApi } from "../../support/api.ts";
import { problemIn } from "../../support/problem.ts";

const key = { "idempotency-key": "order-A-17" };

async function jobIds(api: TestApi): Promise<string[]> {
  const { jobs } = await api.queue.store.list("default", { limit: 100, before: null, status: null });
  return jobs.map(({ job }) => job.id);
}

describe("Idempotency-Key", () => {
  it("answers a repeat with the first answer, byte for byte, and makes nothing new", async () => {
    const api = await startApi();
    const first = await postJob(api, scriptJob, key);
    const second = await postJob(api, scriptJob, key);
    expect(second.status).toBe(202);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(await second.text()).toBe(await first.text());
    expect(await jobIds(api)).toHaveLength(1);
    expect(await api.stored()).toHaveLength(1);
  });

  it("says where the thing made is, also for a retried job", async () => {
    const api = await startApi();
    const { id } = (await (await postJob(api, scriptJob)).json()) as { id: string };
    await api.request(`/v1/jobs/${id}/cancel`, { method: "POST" });
    const headers = { ...key, "content-type": "application/json" };
    const retry = async () => await api.request(`/v1/jobs/${id}/retry`, { method: "POST", headers, body: "{}" });
    const answers = [await retry(), await retry()];
    const made = (await answers[0]?.json()) as { id: string };
    expect(answers.map((answer) => answer.headers.get("location"))).toEqual([
      `/v1/jobs/${made.id}`,
      `/v1/jobs/${made.id}`,
    ]);
  });

  it("takes the same fields in another order for the same body", async () => {
    const api = await startApi();
    await postJob(api, '{"type":"video","input":{"text":"A harbour."},"metadata":{"a":"1","b":"2"}}', key);
    const second = await postJob(
      api,
      '{"metadata":{"b":"2","a":"1"}, "input":{"text":"A harbour."},"type":"video"}',
      key,
    );
    expect(second.headers.get("idempotent-replayed")).toBe("true");
  });

  it("refuses the key with another body", async () => {
    const api = await startApi();
    await postJob(api, scriptJob, key);
    const problem = await problemIn(await postJob(api, { ...scriptJob, priority: 1 }, key));
    expect(problem).toMatchObject({ status: 422, code: "idempotency_mismatch" });
  });

  it("belongs to one tenant", async () => {
    const api = await startApi();
    await postJob(api, scriptJob, key);
    const foreign = await postJob(
      api,
      { ...scriptJob, priority: 1 },
      { ...key, authorization: `Bearer ${otherApiKey}` },
    );
    expect(foreign.status).toBe(202);
  });

  it("makes one job of two requests at once", async () => {
    const api = await startApi();
    const responses = await Promise.all([postJob(api, scriptJob, key), postJob(api, scriptJob, key)]);
    const statuses = responses.map(({ status }) => status);
    expect(statuses).toContain(202);
    for (const status of statuses) expect([202, 409]).toContain(status);
    expect(await jobIds(api)).toHaveLength(1);
  });

  it("says that the first request is still in flight", async () => {
    const entered = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const api = await startApi({
      override: ({ jobs }) => ({
        jobs: {
          ...jobs,
          submit: async (job) => {
            entered.resolve();
            await go.promise;
            return await jobs.submit(job);
          },
        },
      }),
    });
    const first = postJob(api, scriptJob, key);
    await entered.promise;
    const second = await postJob(api, scriptJob, key);
    go.resolve();
    expect(await problemIn(second)).toMatchObject({ status: 409, code: "idempotency_conflict" });
    expect(second.headers.get("retry-after")).toBe("1");
    expect((await first).status).toBe(202);
  });

  it("makes the same job again after a crash between making and answering", async () => {
    const api = await startApi({
      leaseMs: 0,
      override: ({ idempotency }) => ({
        idempotency: { ...idempotency, settle: async () => Promise.reject(new Error("crashed")) },
      }),
    });
    const first = (await (await postJob(api, scriptJob, key)).json()) as { id: string };
    const second = (await (await postJob(api, scriptJob, key)).json()) as { id: string };
    expect(second.id).toBe(first.id);
    expect(await jobIds(api)).toEqual([first.id]);
    expect(await api.stored()).toHaveLength(1);
  });

  it("gives back the same job also when its session is gone by then", async () => {
    let isGone = false;
    const api = await startApi({
      leaseMs: 0,
      override: ({ idempotency, sessions }) => ({
        idempotency: { ...idempotency, settle: async () => Promise.reject(new Error("crashed")) },
        sessions: { ...sessions, load: async (tenant, id) => (isGone ? null : await sessions.load(tenant, id)) },
      }),
    });
    const session = (await (await api.request("/v1/sessions", { method: "POST" })).json()) as { id: string };
    const body = { ...scriptJob, session_id: session.id };
    const first = (await (await postJob(api, body, key)).json()) as { id: string };
    isGone = true;
    const second = (await (await postJob(api, body, key)).json()) as { id: string };
    expect(second.id).toBe(first.id);
  });

  it("keeps one script when a repeated request overtakes the first", async () => {
    const entered = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    let submits = 0;
    const api = await startApi({
      leaseMs: 0,
      override: ({ jobs }) => ({
        jobs: {
          ...jobs,
          submit: async (job) => {
            submits += 1;
            if (submits === 1) {
              entered.resolve();
              await go.promise;
            }
            return await jobs.submit(job);
          },
        },
      }),
    });
    const slow = postJob(api, scriptJob, key);
    await entered.promise;
    const second = (await (await postJob(api, scriptJob, key)).json()) as { id: string };
    go.resolve();
    expect(await (await slow).json()).toMatchObject({ id: second.id });
    const job = await api.queue.store.load("default", jobIdSchema.parse(second.id));
    expect(await api.stored()).toEqual([job?.job.input.textKey]);
  });

  it("gives back the same file after a crash between storing and answering", async () => {
    const api = await startApi({
      leaseMs: 0,
      override: ({ idempotency }) => ({
        idempotency: { ...idempotency, settle: async () => Promise.reject(new Error("crashed")) },
      }),
    });
    const first = await (await postFile(api, onePixelPng, "a.png", key)).text();
    const second = await (await postFile(api, onePixelPng, "a.png", key)).text();
    expect(second).toBe(first);
    expect(await api.stored()).toHaveLength(1);
  });

  it("keeps the key taken where something may have been made", async () => {
    const api = await startApi({
      override: ({ jobs }) => ({ jobs: { ...jobs, submit: async () => Promise.reject(new Error("who knows")) } }),
    });
    expect((await postJob(api, scriptJob, key)).status).toBe(500);
    expect((await postJob(api, scriptJob, key)).status).toBe(409);
  });

  it("frees the key where nothing was made", async () => {
    const api = await startApi();
    const body = { type: "video", input: { files: [newId("file")] } };
    expect((await postJob(api, body, key)).status).toBe(422);
    expect(await problemIn(await postJob(api, body, key))).toMatchObject({ code: "file_not_found" });
    expect((await postJob(api, scriptJob, key)).status).toBe(202);
  });

  it.each([
    ["that is empty", ""],
    ["of two words", "two words"],
    ["beyond ASCII", "ключ"],
    ["of 256 characters", "x".repeat(256)],
    ["of 10,000 characters", "x".repeat(10_000)],
  ])("refuses a key %s", async (_, bad) => {
    const api = await startApi();
    const sent = Buffer.from(bad, "utf8").toString("latin1");
    const response = await postJob(api, scriptJob, { "idempotency-key": sent });
    expect(await problemIn(response)).toMatchObject({
      status: 400,
      errors: [{ in: "header", path: "idempotency-key" }],
    });
    expect(await jobIds(api)).toEqual([]);
  });

  it("stores a repeated upload once", async () => {
    const api = await startApi();
    const first = await postFile(api, onePixelPng, "a.png", key);
    const second = await postFile(api, onePixelPng, "a.png", key);
    expect(second.status).toBe(201);
    expect(await second.text()).toBe(await first.text());
    expect(await api.stored()).toHaveLength(1);
  });

  it("refuses the key with another file, and keeps nothing of it", async () => {
    const api = await startApi();
    await postFile(api, onePixelPng, "a.png", key);
    const problem = await problemIn(await postFile(api, onePixelPng, "b.png", key));
    expect(problem).toMatchObject({ status: 422, code: "idempotency_mismatch" });
    expect(await api.stored()).toHaveLength(1);
  });
});
