import { Worker, type Job as BullJob } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { stages } from "../domain/job-request.ts";
import type { Keys } from "../queue/keys.ts";
import { webhookQueue } from "../queue/queues.ts";

/** Processes one entry of a queue. `signal` aborts when the entry is lost or the process stops. */
export type ProcessEntry = (entry: BullJob, token: string | undefined, signal: AbortSignal) => Promise<void>;

export type SupervisorDeps = {
  /** Opens a connection for one worker, which blocks on it. */
  connect: () => Redis;
  keys: Keys;
  processStage: ProcessEntry;
  processWebhook: ProcessEntry;
  log: Logger;
  limits: {
    /** How many entries of each queue this process works on at once. */
    concurrency: number;
    /** How long an entry stays with a worker that gives no sign of life. */
    lockMs: number;
    /** How long running stages may go on after a request to stop. */
    drainMs: number;
  };
};

/** Our own fencing decides who may write, so a stall is no reason for the queue to give an entry up. */
const maxStalledCount = 1_000_000;

/** Runs one worker per queue in this process. */
export function startWorkers({ connect, keys, processStage, processWebhook, log, limits }: SupervisorDeps) {
  const connections: Redis[] = [];
  const startWorker = (queue: string, processEntry: ProcessEntry): Worker => {
    const connection = connect();
    connections.push(connection);
    const neverAborted = new AbortController().signal;
    const worker = new Worker(
      queue,
      async (entry, token, signal) => await processEntry(entry, token, signal ?? neverAborted),
      {
        connection,
        prefix: keys.bullPrefix,
        concurrency: limits.concurrency,
        lockDuration: limits.lockMs,
        lockRenewTime: Math.floor(limits.lockMs / 4),
        stalledInterval: Math.floor(limits.lockMs / 2),
        maxStalledCount,
      },
    );
    worker.on("error", (error) => log.error({ err: error, queue }, "worker error"));
    worker.on("failed", (entry, error) =>
      log.error({ err: error, queue, entry: entry?.id }, "attempt broke off; the queue tries it again"),
    );
    worker.on("stalled", (entry) =>
      log.warn({ queue, entry }, "an entry was left by its worker and is taken up again"),
    );
    worker.on("lockRenewalFailed", (entries: string[]) => {
      for (const entry of entries) worker.cancelJob(entry, "its lock could not be renewed");
    });
    return worker;
  };
  const workers = [
    ...stages.map((stage) => startWorker(stage, processStage)),
    startWorker(webhookQueue, processWebhook),
  ];

  return {
    /** Takes nothing new, lets short work end, then breaks off the rest: its records say how to go on. */
    async stop(): Promise<void> {
      const closing = Promise.all(workers.map(async (worker) => await worker.close()));
      const timer = setTimeout(() => {
        for (const worker of workers) worker.cancelAllJobs("the process is stopping");
      }, limits.drainMs);
      await closing;
      clearTimeout(timer);
      await Promise.all(connections.map(async (connection) => await connection.quit()));
    },
  };
}
