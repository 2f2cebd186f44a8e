import { expect, it, onTestFinished } from "vitest";
import { making } from "../../../src/domain/transition.ts";
import { anyAccount, type Gate } from "../../../src/queue/gates.ts";
import type { StageRun } from "../../../src/workers/stage.ts";
import { openQueue } from "../../support/queue.ts";
import { endOf, startWork, submitted } from "../../support/stage-work.ts";

const backendDown: Gate = {
  account: anyAccount,
  reason: "backend_down",
  untilMs: null,
  balance: null,
  waiting: { reason: "backend_down", detail: "It does not answer.", until: null },
};
const render = { id: "render_1", attempt: 1, acceptedAtMs: 1, notFoundSinceMs: null, startedAtMs: 1 };

it("holds no worker for a job that waits for its next look", async () => {
  const queue = openQueue();
  const waits = await submitted(queue);
  const looked = Promise.withResolvers<void>();
  const stage: StageRun = async ({ job }) => {
    if (job.id !== waits.id) return { kind: "done", made: {} };
    looked.resolve();
    return { kind: "again", afterMs: 600_000 };
  };
  onTestFinished(startWork(queue, stage, { concurrency: 1 }).stop);
  await looked.promise;
  const other = await submitted(queue);
  expect((await endOf(queue, other)).job.status).toBe("succeeded");
  expect((await queue.store.load("default", waits.id))?.job).toMatchObject({ status: "running", crashes: 0 });
});

it("fails a stage that does not end within its limit, and names both", async () => {
  const queue = openQueue();
  const stage: StageRun = async () => ({ kind: "again", afterMs: 50 });
  onTestFinished(startWork(queue, stage, { limitMs: 1_000 }).stop);
  const { job } = await endOf(queue, await submitted(queue));
  expect(job).toMatchObject({
    status: "failed",
    error: { code: "deadline_exceeded", detail: "The generate stage did not end within its 1 s." },
  });
});

it("sees what is under way to its end while the backend is down, and begins nothing new", async () => {
  const queue = openQueue();
  const begun: string[] = [];
  const stage: StageRun = async (claim) => {
    if (claim.job.made.render !== null) return { kind: "done", made: {} };
    begun.push(claim.job.id);
    await claim.update((job) => making(job, { render }));
    await queue.gates.close(backendDown);
    return { kind: "again", afterMs: 10 };
  };
  onTestFinished(startWork(queue, stage).stop);
  const first = await submitted(queue, { type: "export", plan: ["export"] });
  expect((await endOf(queue, first)).job.status).toBe("succeeded");

  const second = await submitted(queue);
  expect((await queue.store.load("default", second.id))?.circumstances.waiting?.reason).toBe("backend_down");
  await queue.admission.openGate(backendDown);
  // It closes the gate anew, and goes on all the same.
  expect((await endOf(queue, second)).job.status).toBe("succeeded");
  expect(begun).toEqual([first.id, second.id]);
});

it("puts a job back that meets a closed gate before it has begun", async () => {
  const queue = openQueue();
  const stage: StageRun = async () => ({ kind: "done", made: {} });
  const job = await submitted(queue);
  await queue.gates.close(backendDown);
  onTestFinished(startWork(queue, stage).stop);
  while ((await queue.store.load("default", job.id))?.circumstances.waiting?.reason !== "backend_down")
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await queue.redis.zcard(queue.keys.admitted)).toBe(0);
  await queue.admission.openGate(backendDown);
  expect((await endOf(queue, job)).job.status).toBe("succeeded");
});
