import { describe, expect, it } from "vitest";
import { eventIdSchema } from "../../../src/domain/id.ts";
import { editAllowed, making, stageDone, yielded } from "../../../src/domain/transition.ts";
import { newId } from "../../../src/new-id.ts";
import { ClaimLost } from "../../../src/queue/job-claim.ts";
import { queueEntryOf } from "../../../src/queue/job-record.ts";
import { claimedJob, endJob } from "../../support/claimed-job.ts";
import { openQueue } from "../../support/queue.ts";
import { newJobId, queuedJob } from "../../support/queued-job.ts";

const ending = () => ({ nowMs: Date.now(), eventId: eventIdSchema.parse(newId("evt")) });

async function submitted(overrides = {}) {
  const queue = openQueue();
  const job = queuedJob(overrides);
  const stored = await queue.store.submit(job);
  return { queue, job, ref: { tenant: job.tenant, id: job.id }, entry: queueEntryOf(stored) };
}

describe("claim", () => {
  it("takes a queue entry of another stage, another epoch or an unknown job for out of date", async () => {
    const { queue, entry } = await submitted();
    expect(await queue.claims.claim({ ...entry, stage: "export" })).toBeNull();
    expect(await queue.claims.claim({ ...entry, epoch: 2 })).toBeNull();
    expect(await queue.claims.claim({ ...entry, jobId: newJobId() })).toBeNull();
  });

  it("shuts out the worker of the claim before it", async () => {
    const { queue, entry, ref } = await submitted();
    const first = await queue.claims.claim(entry);
    const second = await queue.claims.claim(entry);
    await expect(first?.update(yielded)).rejects.toThrow(ClaimLost);
    await expect(first?.emit({ type: "job.text", text: "from the grave" })).rejects.toThrow(ClaimLost);
    await second?.update((job) => making(job, { creditsBefore: 7 }));
    expect((await queue.records.load(ref))?.job.made.creditsBefore).toBe(7);
  });

  it("gives exactly one of many workers the last word", async () => {
    const { queue, entry } = await submitted();
    const claims = await Promise.all(Array.from({ length: 10 }, async () => await queue.claims.claim(entry)));
    const wrote = await Promise.allSettled(claims.map(async (claim) => await claim?.update(yielded)));
    expect(wrote.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("update", () => {
  it("loses no change when several are made at once", async () => {
    const { queue, entry, ref } = await submitted();
    const claim = await queue.claims.claim(entry);
    const add = async (name: string) =>
      await claim?.update((job) => making(job, { uploads: [...(job.made.uploads ?? []), { name, kind: "image" }] }));
    await Promise.all(["a", "b", "c", "d", "e"].map(add));
    const names = (await queue.records.load(ref))?.job.made.uploads?.map(({ name }) => name);
    expect(names?.toSorted()).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("applies an operation once, though the client library sends it again after a lost reply", async () => {
    const queue = openQueue({ ids: (prefix) => (prefix === "op" ? `${prefix}_same` : newId(prefix)) });
    const stored = await queue.store.submit(queuedJob());
    const first = await queue.records.commit(stored, { job: stored.job, raiseFence: true });
    const resent = await queue.records.commit(stored, { job: stored.job, raiseFence: true });
    expect([first?.fence, resent?.fence]).toEqual([1, 1]);
    expect(await queue.records.load({ tenant: stored.job.tenant, id: stored.job.id })).toMatchObject({
      fence: 1,
      version: 2,
    });
  });

  it("moves on to the next stage under a new epoch, so that the entry of the old stage is out of date", async () => {
    const { queue, entry } = await submitted();
    const claim = await queue.claims.claim(entry);
    const stored = await claim?.update((job) => stageDone(job, ending()));
    expect(stored && queueEntryOf(stored)).toMatchObject({ stage: "export", epoch: 2 });
    expect(await queue.claims.claim(entry)).toBeNull();
  });

  it("tells once what a repeat of a stage would tell again, whichever worker repeats it", async () => {
    const { queue, entry, ref } = await submitted();
    for (const text of ["Ready", "Ready again"]) {
      const claim = await queue.claims.claim(entry);
      await claim?.emitOnce("connected", { type: "job.text", text });
      await claim?.emitOnce("other", { type: "job.text", text: "Other" });
    }
    const told = (await queue.redis.xrange(queue.keys.events(ref), "-", "+")).flatMap(([, fields]) => fields);
    expect(told.filter((field) => field.includes("Ready"))).toEqual(['{"type":"job.text","text":"Ready"}']);
    expect(told.filter((field) => field.includes("Other"))).toHaveLength(1);
  });

  it("tells of progress when there is some, however often the same is reported", async () => {
    const { queue, entry, ref } = await submitted();
    for (const percent of [10, 10, 40, 40, 40]) {
      const claim = await queue.claims.claim(entry);
      await claim?.emit({ type: "job.progress", stage: "generate", percent }, { percent, text: null });
    }
    const told = (await queue.redis.xrange(queue.keys.events(ref), "-", "+")).flatMap(([, fields]) => fields);
    const percents = told.flatMap((field) => /"percent":(\d+)/.exec(field)?.[1] ?? []);
    expect(percents).toEqual(["10", "40"]);
    expect((await queue.records.load(ref))?.circumstances.progress).toEqual({ percent: 40, text: null });
  });

  it("grows by a stage like the one before it, which an entry of that one does not start", async () => {
    const { queue, entry } = await submitted({ plan: ["generate", "export"], allowEdits: true });
    const claim = await queue.claims.claim(entry);
    const edit = { text: "Reorder the clips.", replyBefore: "", actionsBefore: [] };
    const stored = await claim?.update((job) => editAllowed(job, edit));
    expect(stored && queueEntryOf(stored)).toMatchObject({ stage: "generate", epoch: 2 });
    expect(await queue.claims.claim(entry)).toBeNull();
    const next = stored && (await queue.claims.claim(queueEntryOf(stored)));
    expect(next?.job).toMatchObject({ stageIndex: 1, plan: ["generate", "generate", "export"], made: { edit } });
  });

  it("ends a job once: nothing can be written after it", async () => {
    const { queue, job, entry, ref } = await submitted({
      webhook: { url: "https://example.com/", events: ["job.failed"] },
    });
    const claim = await claimedJob(queue, job);
    await endJob(claim);
    await expect(endJob(claim)).rejects.toThrow(ClaimLost);
    await expect(claim.emit({ type: "job.text", text: "late" })).rejects.toThrow(ClaimLost);
    expect(await queue.claims.claim(entry)).toBeNull();
    expect(await queue.redis.zrange(queue.keys.outbox, "0", "-1")).toEqual([`default|${job.id}`]);
    expect(await queue.redis.zcard(queue.keys.admitted)).toBe(0);
    expect(await queue.redis.ttl(queue.keys.job(ref))).toBeGreaterThan(0);
  });

  it("puts only events into the outbox that the webhook asked for", async () => {
    const { queue, job } = await submitted({ webhook: { url: "https://example.com/", events: ["job.succeeded"] } });
    await endJob(await claimedJob(queue, job));
    expect(await queue.redis.zcard(queue.keys.outbox)).toBe(0);
  });
});
