import { describe, expect, it } from "vitest";
import { making } from "../../../src/domain/transition.ts";
import type { Gate } from "../../../src/queue/gates.ts";
import { claimedJob, endJob } from "../../support/claimed-job.ts";
import { openQueue } from "../../support/queue.ts";
import { queuedJob } from "../../support/queued-job.ts";

const place = { backendSessionId: "s1", taskId: null, userId: null };

function gate(overrides: Partial<Gate> = {}): Gate {
  const waiting = { reason: "rate_limited", detail: "Slow down.", until: null } as const;
  return { account: "a", reason: "rate_limited", untilMs: null, balance: null, waiting, ...overrides };
}

/** A session that was made on the backend with this account. */
async function sessionOf(queue: ReturnType<typeof openQueue>, account: string) {
  const first = queuedJob();
  await queue.store.submit(first);
  const claim = await claimedJob(queue, first);
  await claim.update((job) => job, { ...place, identityId: account });
  await endJob(claim);
  return first.sessionId;
}

const waitingOf = async (queue: ReturnType<typeof openQueue>, { id }: { id: `job_${string}` }) =>
  (await queue.store.load("default", id))?.circumstances.waiting?.reason ?? null;

describe("a closed gate", () => {
  it("holds back its own account's jobs and no others, until it opens", async () => {
    const queue = openQueue();
    const [held, free] = [
      queuedJob({ sessionId: await sessionOf(queue, "a") }),
      queuedJob({ sessionId: await sessionOf(queue, "b") }),
    ];
    await queue.gates.close(gate());
    for (const job of [held, free]) await queue.store.submit(job);
    await queue.admission.kick();
    expect([await waitingOf(queue, held), await waitingOf(queue, free)]).toEqual(["rate_limited", null]);
    await claimedJob(queue, free);
    await queue.admission.openGate(gate());
    expect(await waitingOf(queue, held)).toBeNull();
    await claimedJob(queue, held);
  });

  it("holds back jobs without a session yet when it is that of the account they would get", async () => {
    const queue = openQueue();
    await queue.gates.setCurrentAccount("a", Date.now());
    const job = queuedJob();
    await queue.store.submit(job);
    await queue.gates.close(gate());
    await queue.admission.kick();
    expect(await waitingOf(queue, job)).toBe("rate_limited");
  });

  it("for want of credits lets pass what costs nothing", async () => {
    const queue = openQueue();
    const waiting = { reason: "credits", detail: "Top up.", until: null } as const;
    const sessionId = await sessionOf(queue, "a");
    const paid = queuedJob();
    const free = queuedJob({ sessionId, type: "export", plan: ["export"] });
    await queue.gates.close(gate({ reason: "credits", waiting }));
    for (const job of [paid, free]) await queue.store.submit(job);
    await queue.admission.kick();
    expect([await waitingOf(queue, paid), await waitingOf(queue, free)]).toEqual(["credits", null]);
  });

  it("takes a job that has begun out of its queue, and its place goes to another", async () => {
    const queue = openQueue({ window: 1 });
    const [first, second] = [queuedJob(), queuedJob()];
    await queue.store.submit(first);
    await queue.store.submit(second);
    const claim = await claimedJob(queue, first);
    await claim.update((job) => making(job, { creditsBefore: 7 }));
    await queue.gates.close(gate({ account: "x" }));
    await claim.park(gate({ account: "x" }));
    expect(await waitingOf(queue, first)).toBe("rate_limited");
    await endJob(await claimedJob(queue, second));

    await queue.admission.openGate(gate({ account: "x" }));
    const again = await claimedJob(queue, first);
    expect(again.job.made.creditsBefore).toBe(7);
    await expect(claim.update((job) => job)).rejects.toThrow("job_");
  });

  it("that opened just before a job was put under it does not keep the job", async () => {
    const queue = openQueue();
    const job = queuedJob();
    await queue.store.submit(job);
    await (await claimedJob(queue, job)).park(gate({ account: "x" }));
    await queue.sweeper.sweep();
    expect((await claimedJob(queue, job)).job.id).toBe(job.id);
  });

  it("does not cost more the longer the backlog that it holds", async () => {
    const queue = openQueue();
    await queue.gates.setCurrentAccount("a", Date.now());
    for (let i = 0; i < 300; i++) await queue.store.submit(queuedJob());
    await queue.gates.close(gate());
    await queue.admission.kick();
    expect(await queue.redis.zcard(queue.keys.ready("default"))).toBe(0);
    await queue.admission.openGate(gate());
    expect(await queue.redis.zcard(queue.keys.admitted)).toBe(100);
  });
});

it("lets no tenant hold more than its cap", async () => {
  const queue = openQueue({ window: 10, tenantCap: 3 });
  for (let i = 0; i < 6; i++) await queue.store.submit(queuedJob({ tenant: "big" }));
  const small = queuedJob({ tenant: "small" });
  await queue.store.submit(small);
  await queue.admission.kick();
  const members = await queue.redis.zrange(queue.keys.admitted, "0", "-1");
  expect(members.filter((member) => member.startsWith("big"))).toHaveLength(3);
  expect(members).toContain(`small|${small.id}`);
  const id = members.find((member) => member.startsWith("big"))?.split("|")[1];
  const big = (await queue.store.list("big", { limit: 10, before: null, status: null })).jobs.find(
    ({ job }) => job.id === id,
  );
  if (big?.job.status !== "queued") throw new Error("unreachable");
  await endJob(await claimedJob(queue, big.job));
  await queue.admission.kick();
  expect(await queue.redis.hget(queue.keys.load, "big")).toBe("3");
});
