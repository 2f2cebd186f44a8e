import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { stageOf } from "../../../src/domain/job.ts";
import { making, maxCrashes } from "../../../src/domain/transition.ts";
import { ClaimLost } from "../../../src/queue/job-claim.ts";
import type { StageRun } from "../../../src/workers/stage.ts";
import { startBrokenRedis } from "../../support/broken-redis.ts";
import { openQueue } from "../../support/queue.ts";
import { newJobId } from "../../support/queued-job.ts";
import { endOf, startWork, submitted } from "../../support/stage-work.ts";

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

describe("BullMQ", () => {
  it("takes the ids of our entries, which name job, stage and epoch", async () => {
    const queue = openQueue();
    for (const stage of ["upload", "generate", "export"] as const) {
      const entry = { tenant: "default", jobId: newJobId(), stage, epoch: 1 };
      await queue.queues.addStage(entry);
      expect(await queue.queues.hasStage(entry)).toBe(true);
      expect(await queue.queues.hasStage({ ...entry, epoch: 2 })).toBe(false);
    }
  });

  it("leaves nothing of an entry that was worked off, so that one which is sent again late is taken up, and found out of date", async () => {
    const queue = openQueue();
    let runs = 0;
    const stage: StageRun = async () => {
      runs += 1;
      return { kind: "done", made: {} };
    };
    onTestFinished(startWork(queue, stage).stop);
    const job = await submitted(queue);
    const entry = { tenant: job.tenant, jobId: job.id, stage: "generate", epoch: 1 } as const;
    await endOf(queue, job);
    while (await queue.queues.hasStage(entry)) await sleep(10);
    await queue.queues.addStage(entry);
    while (await queue.queues.hasStage(entry)) await sleep(10);
    expect(runs).toBe(1);
  });

  it("lets polls add up to nothing: a job that waits a hundred times is neither failed nor near it", async () => {
    const queue = openQueue();
    let polls = 0;
    const workers = startWork(queue, async () => {
      polls += 1;
      return polls <= 100 ? { kind: "again", afterMs: 1 } : { kind: "done", made: {} };
    });
    onTestFinished(workers.stop);
    const job = await submitted(queue);
    expect((await endOf(queue, job)).job).toMatchObject({ status: "succeeded", crashes: 1 });
  });

  it("stops a stage by its signal once its lock is lost, and hands the entry to the next", async () => {
    const queue = openQueue();
    const began = Promise.withResolvers<void>();
    const reasons: unknown[] = [];
    const stage: StageRun = async (_, signal) => {
      if (reasons.length > 0) return { kind: "done", made: {} };
      began.resolve();
      await untilAborted(signal).catch((reason: unknown) => reasons.push(reason));
      throw new Error("broken off");
    };
    onTestFinished(startWork(queue, stage).stop);
    const job = await submitted(queue);
    await began.promise;
    expect(await queue.redis.del(`${queue.keys.bullPrefix}:generate:${job.id}-generate-1:lock`)).toBe(1);
    expect((await endOf(queue, job)).job.status).toBe("succeeded");
    expect(reasons).toHaveLength(1);
  });

  it("lets one of two copies write, when one worker could not reach Redis for longer than its lock", async () => {
    const broken = await startBrokenRedis();
    const queue = openQueue();
    const cutOff = openQueue({ url: broken.url, keys: queue.keys });
    const began = Promise.withResolvers<void>();
    const isBack = Promise.withResolvers<void>();
    const wrote = Promise.withResolvers<void>();
    const stageCutOff: StageRun = async (claim) => {
      began.resolve();
      await isBack.promise;
      // As a stage does that has not noticed its signal yet.
      wrote.resolve(claim.update((job) => making(job, { creditsUsed: 1 })).then(() => undefined));
      return { kind: "done", made: { creditsUsed: 1 } };
    };
    onTestFinished(startWork(cutOff, stageCutOff, { url: broken.url }).stop);
    const movedOn = Promise.withResolvers<void>();
    const isTold = Promise.withResolvers<void>();
    const stageNext: StageRun = async ({ job }) => {
      if (stageOf(job) === "generate") return { kind: "done", made: { creditsUsed: 2 } };
      movedOn.resolve();
      await isTold.promise;
      return { kind: "done", made: {} };
    };
    const job = await submitted(queue, { type: "video", plan: ["generate", "export"] });
    await began.promise;
    broken.setMode("freeze");
    onTestFinished(startWork(queue, stageNext).stop);
    await movedOn.promise;
    broken.setMode("pass");
    broken.cut();
    isBack.resolve();
    await expect(wrote.promise).rejects.toThrow(ClaimLost);
    isTold.resolve();
    expect((await endOf(queue, job)).job).toMatchObject({ status: "succeeded", made: { creditsUsed: 2 } });
  });

  it("takes up what one worker after another has left, and our own bound ends it, since stalls are no attempts", async () => {
    const queue = openQueue();
    const survived = 2;
    const job = await submitted(queue, { crashes: maxCrashes - survived });
    for (let crash = 0; crash < survived; crash++) {
      const began = Promise.withResolvers<void>();
      const workers = startWork(queue, async () => {
        began.resolve();
        return await new Promise(() => undefined);
      });
      await began.promise;
      workers.crash();
    }
    onTestFinished(startWork(queue, async () => ({ kind: "done", made: {} })).stop);
    expect((await endOf(queue, job)).job).toMatchObject({ status: "failed", error: { code: "internal_error" } });
  });
});
