import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { hasEnded, type QueuedJob } from "../../src/domain/job.ts";
import { newId } from "../../src/new-id.ts";
import { connectRedis } from "../../src/queue/connection.ts";
import { createBreaker } from "../../src/workers/breaker.ts";
import { createInterrupts } from "../../src/workers/interrupts.ts";
import type { StageRun } from "../../src/workers/stage.ts";
import { createStageProcessor } from "../../src/workers/stage-processor.ts";
import { startWorkers } from "../../src/workers/supervisor.ts";
import type { openQueue } from "./queue.ts";
import { queuedJob } from "./queued-job.ts";
import { redisUrl } from "./redis.ts";

const silent = pino({ level: "silent" });
const lockMs = 400;

type Queue = ReturnType<typeof openQueue>;

/** Workers of one process, on connections of their own through `url`, whose every stage is `run`. */
export function startWork(queue: Queue, run: StageRun, { url = redisUrl(), concurrency = 5, limitMs = 60_000 } = {}) {
  const connections: ReturnType<typeof connectRedis>[] = [];
  const connect = () => {
    const connection = connectRedis(url, "patient", () => undefined);
    connections.push(connection);
    return connection;
  };
  const process = createStageProcessor({
    ...queue,
    // No stage here talks to a backend.
    backend: { cancelRender: async () => undefined },
    gateFor: async () => null,
    breaker: createBreaker({ gates: queue.gates, now: Date.now, probeEveryMs: 1_000 }),
    interrupts: createInterrupts({ subscriber: connect(), keys: queue.keys }),
    stageLimitsMs: { upload: limitMs, generate: limitMs, export: limitMs },
    stages: { upload: run, generate: run, export: run },
    retryMs: 10,
    newId,
    now: Date.now,
    log: silent,
  });
  const workers = startWorkers({
    connect,
    keys: queue.keys,
    processStage: process,
    processWebhook: async () => undefined,
    log: silent,
    limits: { concurrency, lockMs, drainMs: 100 },
  });
  return {
    stop: workers.stop,
    /** As if the process had died: nothing more comes from it. */
    crash(): void {
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Waits until it has ended; the test's own timeout bounds it. */
export async function endOf({ records }: Queue, { tenant, id }: QueuedJob) {
  for (;;) {
    const stored = await records.load({ tenant, id });
    if (stored !== null && hasEnded(stored.job)) return { ...stored, job: stored.job };
    await sleep(10);
  }
}

/** A job that was accepted, and may start. */
export async function submitted(queue: Queue, overrides: Partial<QueuedJob> = {}): Promise<QueuedJob> {
  const job = queuedJob({ type: "generate", plan: ["generate"], ...overrides });
  await queue.store.submit(job);
  await queue.admission.kick();
  return job;
}
