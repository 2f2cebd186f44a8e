import { describe, expect, it } from "vitest";
import { openQueue } from "../../support/queue.ts";
import { newSessionId, queuedJob } from "../../support/queued-job.ts";

const tenant = "default";
const session = () => ({
  id: newSessionId(),
  skill: "ai-to-video" as const,
  metadata: { order: "A-17" },
  createdAtMs: 1_000,
});

describe("a session", () => {
  it("is made once under its id", async () => {
    const { sessions } = openQueue();
    const first = session();
    const made = await sessions.make(tenant, first);
    expect(made).toEqual({
      ...first,
      place: null,
      timeline: null,
      currentJobId: null,
      jobsWaiting: 0,
      isSettling: false,
    });
    expect(await sessions.make(tenant, { ...first, createdAtMs: 2_000, metadata: {} })).toEqual(made);
  });

  it("that a job made for itself is one like any other", async () => {
    const { sessions, store } = openQueue();
    const { job } = await store.submit(queuedJob({ skill: "generator-capcut" }));
    expect(await sessions.load(tenant, job.sessionId)).toMatchObject({
      skill: "generator-capcut",
      metadata: {},
      createdAtMs: job.createdAtMs,
      currentJobId: job.id,
    });
  });

  it("keeps its own skill and metadata when a job joins it", async () => {
    const { sessions, store } = openQueue();
    const made = await sessions.make(tenant, session());
    await store.submit(queuedJob({ sessionId: made.id, ownsSession: false, skill: "generator-capcut" }));
    expect(await sessions.load(tenant, made.id)).toMatchObject({ skill: made.skill, metadata: made.metadata });
  });

  it("tells whose turn it is, and how many wait", async () => {
    const { sessions, store } = openQueue();
    const { id } = await sessions.make(tenant, session());
    const jobs = [queuedJob({ sessionId: id }), queuedJob({ sessionId: id }), queuedJob({ sessionId: id })];
    for (const job of jobs) await store.submit(job);
    expect(await sessions.load(tenant, id)).toMatchObject({ currentJobId: jobs[0]?.id, jobsWaiting: 2 });
  });

  it("belongs to its tenant", async () => {
    const { sessions } = openQueue();
    const { id } = await sessions.make(tenant, session());
    expect(await sessions.load("other", id)).toBeNull();
    expect(await sessions.list("other", { limit: 10, before: null })).toEqual({ sessions: [], next: null });
  });
});

describe("the life of a session", () => {
  it("ends a while after it was made, unless a job of it is open, and anew after its last job", async () => {
    const { redis, keys, sessions, store, control } = openQueue();
    const { id } = await sessions.make(tenant, session());
    const lifeS = async () => await redis.ttl(keys.session(tenant, id));
    expect(await lifeS()).toBeGreaterThan(0);

    const [first, second] = [queuedJob({ sessionId: id }), queuedJob({ sessionId: id })];
    await store.submit(first);
    await store.submit(second);
    expect(await lifeS()).toBe(-1);
    await control.cancel(tenant, first.id);
    expect(await lifeS()).toBe(-1);
    await control.cancel(tenant, second.id);
    expect(await lifeS()).toBe(await redis.ttl(keys.job({ tenant, id: second.id })));
  });

  it("is not begun by a job that ends out of turn while others wait", async () => {
    const { redis, keys, sessions, store, control } = openQueue();
    const { id } = await sessions.make(tenant, session());
    const [first, second] = [queuedJob({ sessionId: id }), queuedJob({ sessionId: id })];
    await store.submit(first);
    await store.submit(second);
    await control.cancel(tenant, second.id);
    expect(await redis.ttl(keys.session(tenant, id))).toBe(-1);
    await control.cancel(tenant, first.id);
    expect(await redis.ttl(keys.session(tenant, id))).toBeGreaterThan(0);
  });
});

describe("the list of sessions", () => {
  it("goes from the newest to the oldest, in pages", async () => {
    const { sessions } = openQueue();
    const ids = [];
    for (let at = 0; at < 5; at++) ids.push((await sessions.make(tenant, session())).id);
    const first = await sessions.list(tenant, { limit: 3, before: null });
    const second = await sessions.list(tenant, { limit: 3, before: first.next });
    expect([...first.sessions, ...second.sessions].map(({ id }) => id)).toEqual(ids.toReversed());
    expect(second.next).toBeNull();
  });

  it("leaves out what has expired, and forgets it", async () => {
    const { redis, keys, sessions } = openQueue();
    const { id } = await sessions.make(tenant, session());
    await redis.del(keys.session(tenant, id));
    expect(await sessions.list(tenant, { limit: 3, before: null })).toEqual({ sessions: [], next: null });
    expect(await redis.exists(keys.sessionIndex(tenant))).toBe(0);
  });

  it("does not grow with sessions that have expired, also when nobody reads it", async () => {
    const { redis, keys, sessions } = openQueue();
    for (let at = 0; at < 200; at++) {
      const { id } = await sessions.make(tenant, session());
      await redis.del(keys.session(tenant, id));
    }
    expect(await redis.zcard(keys.sessionIndex(tenant))).toBeLessThan(20);
  });
});

it("is not found under an id that was never made", async () => {
  expect(await openQueue().sessions.load(tenant, newSessionId())).toBeNull();
});
