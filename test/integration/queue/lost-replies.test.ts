import { describe, expect, it } from "vitest";
import { createIdempotency } from "../../../src/queue/idempotency.ts";
import { createIdentityStore } from "../../../src/queue/identity-store.ts";
import { queueEntryOf } from "../../../src/queue/job-record.ts";
import { createLocks } from "../../../src/queue/lock.ts";
import { yielded } from "../../../src/domain/transition.ts";
import { newId } from "../../../src/new-id.ts";
import { startBrokenRedis } from "../../support/broken-redis.ts";
import { claimedJob, endJob } from "../../support/claimed-job.ts";
import { openQueue } from "../../support/queue.ts";
import { queuedJob } from "../../support/queued-job.ts";

/** A queue whose replies can be lost, and the same queue looked at from elsewhere. */
async function setUp() {
  const broken = await startBrokenRedis();
  const queue = openQueue({ url: broken.url });
  const seen = openQueue({ keys: queue.keys });
  await Promise.all([queue.redis.ping(), seen.redis.ping()]);
  return { broken, queue, seen };
}

describe("a reply that is lost, after which the client sends its command again", () => {
  it("accepts a job once", async () => {
    const { broken, queue, seen } = await setUp();
    const job = queuedJob();
    await broken.dropReplyTo(async () => await queue.store.submit(job));
    expect(await seen.redis.lrange(seen.keys.line(job.tenant, job.sessionId), 0, -1)).toEqual([job.id]);
    expect(await seen.redis.xlen(seen.keys.events({ tenant: job.tenant, id: job.id }))).toBe(1);
  });

  it("puts an entry into its queue once", async () => {
    const { broken, queue, seen } = await setUp();
    const entry = queueEntryOf(await queue.store.submit(queuedJob()));
    await queue.queues.addStage({ ...entry, epoch: 99 });
    await broken.dropReplyTo(async () => await queue.queues.addStage(entry));
    expect(await seen.redis.llen(`${seen.keys.bullPrefix}:generate:wait`)).toBe(2);
  });

  it("claims a job for the caller, who can write then", async () => {
    const { broken, queue } = await setUp();
    const entry = queueEntryOf(await queue.store.submit(queuedJob()));
    const claim = await broken.dropReplyTo(async () => await queue.claims.claim(entry));
    expect((await claim?.update(yielded))?.job.crashes).toBe(0);
  });

  it("ends a job once, with one final event and one place in the outbox", async () => {
    const { broken, queue, seen } = await setUp();
    const job = queuedJob({ webhook: { url: "https://example.com/", events: ["job.failed"] } });
    await queue.store.submit(job);
    const claim = await claimedJob(queue, job);
    await broken.dropReplyTo(async () => await endJob(claim));
    const events = await seen.redis.xrange(seen.keys.events(job), "-", "+");
    expect(events.filter(([, fields]) => fields[1]?.includes("job.failed"))).toHaveLength(1);
    expect(await seen.redis.zcard(seen.keys.outbox)).toBe(1);
  });

  // Until `emit.lua` knows a repeat.
  it("tells a watcher once", async () => {
    const { broken, queue, seen } = await setUp();
    const job = queuedJob();
    await queue.store.submit(job);
    const claim = await claimedJob(queue, job);
    await broken.dropReplyTo(async () => await claim.emit({ type: "job.text", text: "Once." }));
    const events = await seen.redis.xrange(seen.keys.events(job), "-", "+");
    expect(events.filter(([, fields]) => fields[1]?.includes("Once."))).toHaveLength(1);
  });

  it("leaves no job between the line and its queue for longer than the sweeper takes", async () => {
    const { broken, queue, seen } = await setUp();
    const entries = [];
    for (let i = 0; i < 3; i++) entries.push(queueEntryOf(await queue.store.submit(queuedJob())));
    await broken.dropReplyTo(async () => await queue.admission.kick());
    await seen.sweeper.sweep();
    for (const { tenant, jobId: id } of entries) {
      const stored = await seen.records.load({ tenant, id });
      expect(stored && (await seen.queues.hasStage(queueEntryOf(stored)))).toBe(true);
    }
  });

  it("reserves an Idempotency-Key for the request that asked, which may run", async () => {
    const { broken, queue } = await setUp();
    const idempotency = createIdempotency({
      redis: queue.redis,
      keys: queue.keys,
      now: Date.now,
      keepS: 100,
      leaseMs: 60_000,
    });
    const entry = { tenant: "default", route: "/v1/jobs", key: "k", fingerprint: "f", resourceId: "job_1" };
    const reserved = await broken.dropReplyTo(async () => await idempotency.reserve(entry));
    expect(reserved).toEqual({ state: "run", resourceId: "job_1" });
  });

  it("gives a lock to whoever asked for it, without waiting for its own lease to end", async () => {
    const { broken, queue } = await setUp();
    const locks = createLocks({ ...queue, newId });
    const startedAtMs = Date.now();
    await broken.dropReplyTo(
      async () => await locks.withLock("work", async () => undefined, AbortSignal.timeout(5_000)),
    );
    expect(Date.now() - startedAtMs).toBeLessThan(5_000);
  });

  it("keeps a client id once", async () => {
    const { broken, queue } = await setUp();
    const identities = createIdentityStore({ ...queue, locks: createLocks({ ...queue, newId }) });
    const ids = await broken.dropReplyTo(async () => await identities.addClientId({ id: "a", madeAtMs: 1 }, 0));
    expect(ids).toEqual([{ id: "a", madeAtMs: 1 }]);
  });
});
