import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createAdmission } from "../../../src/queue/admission.ts";
import type { Queues } from "../../../src/queue/queues.ts";
import { createSweeper } from "../../../src/queue/sweeper.ts";
import { claimedJob, endJob } from "../../support/claimed-job.ts";
import { openQueue } from "../../support/queue.ts";
import { newSessionId, queuedJob } from "../../support/queued-job.ts";

async function admitted({ redis, keys }: ReturnType<typeof openQueue>): Promise<string[]> {
  return await redis.zrange(keys.admitted, "0", "-1");
}

describe("admission", () => {
  it("lets in no more than the window, and the next when one has ended", async () => {
    const queue = openQueue({ window: 2 });
    const jobs = [queuedJob(), queuedJob(), queuedJob()];
    for (const job of jobs) await queue.store.submit(job);
    await queue.admission.kick();
    expect(await admitted(queue)).toHaveLength(2);
    const [first, , third] = jobs;
    if (!first || !third) throw new Error("unreachable");
    await endJob(await claimedJob(queue, first));
    await claimedJob(queue, third);
  });

  it("takes tenants in turn, however long the backlog of one", async () => {
    const queue = openQueue({ window: 4 });
    const of = (tenant: string, count: number) => Array.from({ length: count }, () => queuedJob({ tenant }));
    for (const job of [...of("big", 20), ...of("small", 2)]) await queue.store.submit(job);
    await queue.admission.kick();
    const tenants = (await admitted(queue)).map((member) => member.split("|")[0] ?? "");
    expect(tenants.toSorted()).toEqual(["big", "big", "small", "small"]);
  });

  it("gives a tenant that comes later its share from then on, not the turns it never asked for", async () => {
    const queue = openQueue({ window: 4 });
    const submit = async (tenant: string, count: number) => {
      for (let i = 0; i < count; i++) await queue.store.submit(queuedJob({ tenant }));
    };
    await submit("early", 8);
    await queue.admission.kick();
    await submit("late", 4);
    await createAdmission({ ...queue, now: Date.now, window: 8, tenantCap: 8 }).kick();
    const members = await admitted(queue);
    expect(members).toHaveLength(8);
    expect(members.filter((member) => member.startsWith("late"))).toHaveLength(2);
  });

  it("goes by priority within a tenant, and by age within a priority", async () => {
    const queue = openQueue({ window: 2 });
    const [old, young, urgent] = [queuedJob(), queuedJob(), queuedJob({ priority: 5 })];
    for (const job of [old, young, urgent]) await queue.store.submit(job);
    await queue.admission.kick();
    expect((await admitted(queue)).toSorted()).toEqual([`default|${old.id}`, `default|${urgent.id}`].toSorted());
  });

  it("runs the jobs of a session one at a time, in the order accepted, whatever their priority", async () => {
    const queue = openQueue();
    const sessionId = newSessionId();
    const jobs = [
      queuedJob({ sessionId }),
      queuedJob({ sessionId, priority: 50 }),
      queuedJob({ sessionId, priority: 100 }),
    ];
    for (const job of jobs) await queue.store.submit(job);
    for (const job of jobs) {
      const claim = await claimedJob(queue, job);
      expect(await admitted(queue)).toEqual([`default|${job.id}`]);
      await endJob(claim);
    }
  });
});

describe("sweeper", () => {
  it("finds nothing in normal life", async () => {
    const queue = openQueue();
    const job = queuedJob({ webhook: { url: "https://example.com/", events: ["job.failed"] } });
    await queue.store.submit(job);
    await queue.admission.kick();
    expect(await queue.sweeper.sweep()).toBe(0);
  });

  it("lets in a job whose admission was never asked for", async () => {
    const queue = openQueue();
    const job = queuedJob();
    await queue.store.submit(job);
    await queue.sweeper.sweep();
    expect(await admitted(queue)).toEqual([`default|${job.id}`]);
  });

  it("puts back a job that was let in and never got into its queue, under a new epoch", async () => {
    const queue = openQueue();
    const job = queuedJob();
    await queue.store.submit(job);
    await queue.redis.zadd(queue.keys.admitted, Date.now() - 1, `default|${job.id}`);
    await queue.redis.zrem(queue.keys.ready("default"), job.sessionId);
    expect(await queue.sweeper.sweep()).toBe(1);
    expect((await queue.records.load({ tenant: "default", id: job.id }))?.epoch).toBe(2);
    await claimedJob(queue, job);
  });

  it("gives a job its turn that waits for nothing", async () => {
    const queue = openQueue();
    const job = queuedJob();
    await queue.store.submit(job);
    await queue.redis.zrem(queue.keys.ready("default"), job.sessionId);
    expect(await queue.sweeper.sweep()).toBe(1);
    expect((await claimedJob(queue, job)).job.id).toBe(job.id);
  });

  it("puts back a final event that nobody delivers", async () => {
    const queue = openQueue();
    const job = queuedJob({ webhook: { url: "https://example.com/", events: ["job.failed"] } });
    await queue.store.submit(job);
    await endJob(await claimedJob(queue, job));
    expect([await queue.sweeper.sweep(), await queue.sweeper.sweep()]).toEqual([1, 0]);
  });

  it("leaves alone what moved, or was delivered, after it was listed", async () => {
    const queue = openQueue();
    const [moved, delivered] = [
      queuedJob(),
      queuedJob({ webhook: { url: "https://example.com/", events: ["job.failed"] } }),
    ];
    for (const job of [moved, delivered]) await queue.store.submit(job);
    await endJob(await claimedJob(queue, delivered));
    await queue.redis.zadd(queue.keys.admitted, Date.now() - 1, `default|${moved.id}`);
    // As the commit of a move, and the end of a delivery, do just now.
    const queues: Queues = {
      ...queue.queues,
      async hasStage() {
        await queue.redis.zadd(queue.keys.admitted, "XX", Date.now() + 60_000, `default|${moved.id}`);
        return false;
      },
      async hasWebhook() {
        await queue.redis.zrem(queue.keys.outbox, `default|${delivered.id}`);
        return false;
      },
    };
    const admission = { ...queue.admission, kick: async () => undefined };
    const sweeper = createSweeper({
      ...queue,
      queues,
      admission,
      now: Date.now,
      log: pino({ level: "silent" }),
      graceMs: 0,
    });
    expect(await sweeper.sweep()).toBe(0);
    expect((await queue.records.load({ tenant: "default", id: moved.id }))?.epoch).toBe(1);
  });
});
