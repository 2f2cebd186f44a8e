import { describe, expect, it } from "vitest";
import { openQueue } from "../../support/queue.ts";
import { newSessionId, queuedJob } from "../../support/queued-job.ts";
import { claimedJob, endJob } from "../../support/claimed-job.ts";

describe("submit", () => {
  it("keeps the whole record", async () => {
    const { store } = openQueue();
    const job = queuedJob({ metadata: { order: "A-17" } });
    await store.submit(job);
    expect((await store.load("default", job.id))?.job).toEqual(job);
  });

  it("changes nothing for an id that exists, so that a call may be sent again", async () => {
    const { store, redis, keys } = openQueue();
    const job = queuedJob();
    await store.submit(job);
    const again = await store.submit({ ...job, priority: 9 });
    expect(again.job.priority).toBe(0);
    expect(await redis.llen(keys.line("default", job.sessionId))).toBe(1);
    expect(await redis.xlen(keys.events({ tenant: "default", id: job.id }))).toBe(1);
  });

  it("makes a second job of a session wait until the first has ended", async () => {
    const queue = openQueue();
    const sessionId = newSessionId();
    const [first, second] = [queuedJob({ sessionId }), queuedJob({ sessionId })];
    await queue.store.submit(first);
    const waiting = await queue.store.submit(second);
    expect(waiting.circumstances.waiting?.reason).toBe("session_busy");

    await endJob(await claimedJob(queue, first));
    expect((await queue.store.load("default", second.id))?.circumstances.waiting).toBeNull();
    await claimedJob(queue, second);
  });

  it("keeps tenants apart", async () => {
    const { store } = openQueue();
    const job = queuedJob({ tenant: "acme" });
    await store.submit(job);
    expect(await store.load("default", job.id)).toBeNull();
    expect((await store.list("default", { limit: 10, before: null, status: null })).jobs).toEqual([]);
  });
});

describe("list", () => {
  it("pages from the newest to the oldest", async () => {
    const { store } = openQueue();
    const jobs = [queuedJob(), queuedJob(), queuedJob()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
    for (const job of jobs) await store.submit(job);
    const first = await store.list("default", { limit: 2, before: null, status: null });
    expect(first.jobs.map(({ job }) => job.id)).toEqual(jobs.slice(0, 2).map(({ id }) => id));
    expect(first.next).toBe(jobs[1]?.id);
    const rest = await store.list("default", { limit: 2, before: jobs[1]?.id ?? null, status: null });
    expect(rest).toMatchObject({ jobs: [{ job: { id: jobs[2]?.id } }], next: null });
  });

  it("finds jobs by the status that callers see", async () => {
    const queue = openQueue();
    const sessionId = newSessionId();
    const [first, second] = [queuedJob({ sessionId }), queuedJob({ sessionId })];
    await queue.store.submit(first);
    await queue.store.submit(second);
    const idsWith = async (status: "queued" | "waiting" | "running" | "failed") =>
      (await queue.store.list("default", { limit: 10, before: null, status })).jobs.map(({ job }) => job.id);
    expect([await idsWith("queued"), await idsWith("waiting")]).toEqual([[first.id], [second.id]]);
    const claim = await claimedJob(queue, first);
    expect(await idsWith("running")).toEqual([first.id]);
    await endJob(claim);
    expect([await idsWith("failed"), await idsWith("queued"), await idsWith("waiting")]).toEqual([
      [first.id],
      [second.id],
      [],
    ]);
  });

  it("drops entries whose record has expired", async () => {
    const { store, redis, keys } = openQueue();
    const job = queuedJob();
    await store.submit(job);
    await redis.del(keys.job({ tenant: "default", id: job.id }));
    await store.submit(queuedJob());
    expect((await store.list("default", { limit: 10, before: null, status: null })).jobs).toHaveLength(1);
    expect(await redis.zcard(keys.index("default", "all"))).toBe(1);
  });

  it("goes on past a page whose records have all expired", async () => {
    const { store, redis, keys } = openQueue();
    const [older, newer] = [queuedJob(), queuedJob()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (!older || !newer) throw new Error("unreachable");
    for (const job of [older, newer]) await store.submit(job);
    await redis.del(keys.job({ tenant: "default", id: newer.id }));
    const page = await store.list("default", { limit: 1, before: null, status: null });
    expect(page).toEqual({ jobs: [], next: newer.id });
    const next = await store.list("default", { limit: 1, before: page.next, status: null });
    expect(next.jobs.map(({ job }) => job.id)).toEqual([older.id]);
  });
});
