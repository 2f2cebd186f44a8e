import { describe, expect, it, vi } from "vitest";
import { JobFailure } from "../../../src/domain/failure.ts";
import { claimed, failed, making } from "../../../src/domain/transition.ts";
import { newId } from "../../../src/new-id.ts";
import { ClaimLost } from "../../../src/queue/job-claim.ts";
import { createJobControl, deadlineFailure } from "../../../src/queue/job-control.ts";
import { queueEntryOf } from "../../../src/queue/job-record.ts";
import { claimedJob, endJob } from "../../support/claimed-job.ts";
import { ending } from "../../support/job.ts";
import { openQueue } from "../../support/queue.ts";
import { newJobId, newSessionId, queuedJob } from "../../support/queued-job.ts";

const sending = {
  state: "sending",
  fingerprintBefore: "f",
  draftBeforeKey: null,
  reply: null,
  sentAtMs: 1,
  recovery: null,
} as const;

describe("cancel", () => {
  it("lets the next job of the session start when the first was cancelled before it began", async () => {
    const queue = openQueue();
    const sessionId = newSessionId();
    const [first, second] = [queuedJob({ sessionId }), queuedJob({ sessionId })];
    for (const job of [first, second]) await queue.store.submit(job);
    expect((await queue.control.cancel("default", first.id))?.stored.job.status).toBe("canceled");
    await claimedJob(queue, second);
  });

  it("takes a job out of the middle of a line", async () => {
    const queue = openQueue();
    const sessionId = newSessionId();
    const jobs = [queuedJob({ sessionId }), queuedJob({ sessionId }), queuedJob({ sessionId })] as const;
    for (const job of jobs) await queue.store.submit(job);
    await queue.control.cancel("default", jobs[1].id);
    await endJob(await claimedJob(queue, jobs[0]));
    expect((await claimedJob(queue, jobs[2])).job.id).toBe(jobs[2].id);
  });

  it("puts a job that runs into its queue anew, so that whoever claims it sees to the cancel", async () => {
    const queue = openQueue();
    const job = queuedJob();
    await queue.store.submit(job);
    const claim = await claimedJob(queue, job);
    const canceled = await queue.control.cancel("default", job.id);
    // A new epoch, since the entry of the old one may sleep for half an hour.
    expect(canceled?.stored.epoch).toBe(2);
    const next = canceled && (await queue.claims.claim(queueEntryOf(canceled.stored)));
    expect(next?.job.cancelRequestedAtMs).not.toBeNull();
    await expect(claim.update((found) => found)).rejects.toThrow(ClaimLost);
  });

  it("tells apart that it was requested, that the job has finished, and that there is none", async () => {
    const queue = openQueue();
    const job = queuedJob();
    await queue.store.submit(job);
    const claim = await claimedJob(queue, job);
    const outcome = async (id: typeof job.id) => (await queue.control.cancel("default", id))?.outcome;
    expect([await outcome(job.id), await outcome(job.id)]).toEqual(["requested", "requested"]);
    await expect(endJob(claim)).resolves.toBeUndefined();
    expect([await outcome(job.id), await outcome(newJobId())]).toEqual(["finished", undefined]);
  });

  it("finds the job finished when it finished after the cancel had read it", async () => {
    const queue = openQueue();
    const job = queuedJob();
    await queue.store.submit(job);
    const claim = await claimedJob(queue, job);
    const { load, commit, update } = queue.records;
    const overtaken: typeof update = async (ref, decide) => {
      const read = await load(ref);
      const change = read && decide(read);
      await endJob(claim);
      return (read && change && (await commit(read, change))) ?? (await update(ref, decide));
    };
    const control = createJobControl({
      ...queue,
      records: { ...queue.records, update: overtaken },
      newId,
      now: Date.now,
    });
    expect(await control.cancel("default", job.id)).toMatchObject({
      outcome: "finished",
      stored: { job: { status: "failed", cancelRequestedAtMs: null } },
    });
  });

  it("that races the end of the job leaves one end", async () => {
    const queue = openQueue();
    const job = queuedJob({ webhook: { url: "https://example.com/", events: ["job.failed", "job.canceled"] } });
    await queue.store.submit(job);
    const claim = await claimedJob(queue, job);
    await Promise.allSettled([endJob(claim), queue.control.cancel("default", job.id), endJob(claim)]);
    expect(await queue.redis.zcard(queue.keys.outbox)).toBe(1);
    expect((await queue.store.load("default", job.id))?.job.status).toBe("failed");
  });
});

describe("a deadline", () => {
  it("ends a job that never started, and says so", async () => {
    const queue = openQueue({ window: 0 });
    const job = queuedJob({ createdAtMs: Date.now() - 60_000, deadlineAtMs: Date.now() - 1 });
    await queue.store.submit(job);
    await queue.sweeper.sweep();
    const ended = (await queue.store.load("default", job.id))?.job;
    expect(ended).toMatchObject({ status: "failed", error: { code: "deadline_exceeded" } });
    expect(ended?.status === "failed" && ended.error.detail).toContain("never started");
    expect(await queue.redis.zcard(queue.keys.open)).toBe(0);
  });

  it("that a job spent waiting for credits to the last ends it for want of credits", async () => {
    const queue = openQueue();
    const job = queuedJob({ deadlineAtMs: Date.now() + 50 });
    await queue.store.submit(job);
    const waiting = { reason: "credits", detail: "Top up.", until: null } as const;
    const credits = { account: "a", reason: "credits", untilMs: null, balance: 0, waiting } as const;
    await (await claimedJob(queue, job)).park(credits);
    await vi.waitUntil(async () => await queue.control.expire({ tenant: "default", id: job.id }));
    const stored = await queue.records.load({ tenant: "default", id: job.id });
    const claim = stored && (await queue.claims.claim(queueEntryOf(stored)));
    if (!claim) throw new Error("The job was not put into its queue to be ended");
    expect(deadlineFailure(claim.job, claim.waiting)).toMatchObject({ code: "insufficient_credits" });
  });

  it("tells the time before the start from that under way, and what it waited for at the end", () => {
    const createdAtMs = Date.UTC(2030, 0, 1);
    const job = claimed(queuedJob({ createdAtMs, deadlineAtMs: createdAtMs + 600_000 }), createdAtMs + 240_000);
    const waiting = { reason: "rate_limited", detail: "The backend limits the rate.", until: null } as const;
    expect(deadlineFailure(job, waiting)).toMatchObject({
      code: "deadline_exceeded",
      detail:
        "The job did not end within its 600 s. It waited 240 s for its start, and was under way for the rest. At the end it waited: The backend limits the rate.",
    });
  });

  it("leaves jobs alone that have time", async () => {
    const queue = openQueue({ window: 0 });
    const job = queuedJob();
    await queue.store.submit(job);
    await queue.sweeper.sweep();
    expect((await queue.store.load("default", job.id))?.job.status).toBe("queued");
  });
});

describe("a session", () => {
  async function unsettled() {
    const queue = openQueue();
    const sessionId = newSessionId();
    const [first, second] = [queuedJob({ sessionId }), queuedJob({ sessionId })];
    await queue.store.submit(first);
    await queue.store.submit(second);
    const claim = await claimedJob(queue, first);
    await claim.update((job) => making(job, { message: sending }));
    await claim.update((job) => failed(job, new JobFailure("outcome_unknown"), ending()));
    const waiting = async (id: typeof second.id) =>
      (await queue.store.load("default", id))?.circumstances.waiting?.reason;
    return { queue, sessionId, second, waiting };
  }

  it("stays closed after a message of unknown outcome, until it is at rest", async () => {
    const { queue, sessionId, second, waiting } = await unsettled();
    await queue.sweeper.sweep();
    expect(await waiting(second.id)).toBe("session_settling");
    expect(await queue.redis.zcard(queue.keys.admitted)).toBe(0);
    await queue.admission.settled({ tenant: "default", id: sessionId });
    await claimedJob(queue, second);
  });

  it("is closed also to a job that comes later", async () => {
    const { queue, sessionId, second, waiting } = await unsettled();
    await queue.control.cancel("default", second.id);
    const third = queuedJob({ sessionId });
    await queue.store.submit(third);
    expect(await waiting(third.id)).toBe("session_settling");
    await queue.admission.settled({ tenant: "default", id: sessionId });
    await claimedJob(queue, third);
  });
});
