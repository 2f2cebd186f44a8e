import { describe, expect, it } from "vitest";
import { claimedJob, endJob } from "../../support/claimed-job.ts";
import { operatorKey, startApi, type TestApi } from "../../support/api.ts";
import { queuedJob } from "../../support/queued-job.ts";

async function ask(api: TestApi, path: string): Promise<unknown> {
  return await (await api.request(`/v1/operator/${path}`, { key: operatorKey })).json();
}

/** A job whose session was made with this account. */
async function jobWith({ queue }: TestApi, account: string): Promise<void> {
  const job = queuedJob();
  await queue.store.submit(job);
  const claim = await claimedJob(queue, job);
  await claim.update((same) => same, { backendSessionId: "s", taskId: null, userId: null, identityId: account });
  await endJob(claim);
}

describe("operators", () => {
  it("learn the names of the accounts that sessions were made with, the current one first", async () => {
    const api = await startApi();
    expect(await ask(api, "accounts")).toEqual({ object: "list", data: [] });
    for (const account of ["older", "newer", "older"]) await jobWith(api, account);
    expect(await ask(api, "accounts")).toEqual({
      object: "list",
      data: [
        { account: "older", current: true, last_used_at: expect.any(String) },
        { account: "newer", current: false, last_used_at: expect.any(String) },
      ],
    });
  });

  it("are shown the last hundred accounts", async () => {
    const api = await startApi();
    for (let at = 0; at < 100; at++) await api.queue.gates.setCurrentAccount(`a${at}`, at);
    await jobWith(api, "newest");
    expect(await api.queue.gates.accounts()).toHaveLength(100);
  });

  it("see how many things of each kind the sweeper has mended", async () => {
    const api = await startApi();
    const { store, redis, keys, sweeper } = api.queue;
    const none = { job_in_no_queue: 0, job_waiting_for_nothing: 0, event_undelivered: 0, stale_entry: 0 };
    const job = queuedJob({ webhook: { url: "https://example.com/", events: ["job.failed"] } });
    await store.submit(job);
    expect(await ask(api, "sweeper")).toEqual({ object: "sweeper", mended: none });

    await redis.zrem(keys.ready("default"), job.sessionId);
    await sweeper.sweep();
    expect(await ask(api, "sweeper")).toMatchObject({ mended: { ...none, job_waiting_for_nothing: 1 } });

    const lost = queuedJob();
    await store.submit(lost);
    await redis.zrem(keys.ready("default"), lost.sessionId);
    await redis.zadd(keys.admitted, Date.now() - 1, `default|${lost.id}`);
    await sweeper.sweep();
    expect(await ask(api, "sweeper")).toMatchObject({ mended: { job_waiting_for_nothing: 1, job_in_no_queue: 1 } });

    await endJob(await claimedJob(api.queue, job));
    await redis.zadd(keys.admitted, Date.now() - 1, `default|${job.id}`);
    await sweeper.sweep();
    expect(await ask(api, "sweeper")).toEqual({
      object: "sweeper",
      mended: { job_in_no_queue: 1, job_waiting_for_nothing: 1, event_undelivered: 1, stale_entry: 1 },
    });
  });
});
