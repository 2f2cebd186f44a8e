import { DelayedError, Worker, type Job as BullJob } from "bullmq";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import type { Backend } from "../../src/backend-client/backend.ts";
import type { MessageOutcome } from "../../src/backend-client/outcome.ts";
import type { Stage } from "../../src/domain/job-request.ts";
import { hasEnded, stageOf, type EndedJob, type Job, type QueuedJob } from "../../src/domain/job.ts";
import { protocolRecoveryTimings } from "../../src/domain/recovery.ts";
import { createConverter } from "../../src/inputs/converter.ts";
import { languageOf } from "../../src/inputs/language.ts";
import { newId } from "../../src/new-id.ts";
import { createOutboundClient } from "../../src/outbound/outbound-client.ts";
import { createFileRecords } from "../../src/queue/file-records.ts";
import type { BackendSession } from "../../src/queue/job-record.ts";
import type { Storage } from "../../src/storage/folder-storage.ts";
import { createBreaker } from "../../src/workers/breaker.ts";
import { createExportStage } from "../../src/workers/export-stage.ts";
import { createGenerateStage } from "../../src/workers/generate-stage.ts";
import { createInterrupts } from "../../src/workers/interrupts.ts";
import { createJobLanguages } from "../../src/workers/job-words.ts";
import { createStageProcessor } from "../../src/workers/stage-processor.ts";
import type { Timings } from "../../src/workers/timings.ts";
import { createUploadStage } from "../../src/workers/upload-stage.ts";
import { openQueue } from "./queue.ts";
import { queuedJob } from "./queued-job.ts";

/** The waits of the protocol, in a time that passes only when a stage waits. */
const protocolTimings: Timings = {
  pollEveryMs: 30_000,
  renderDeadlineMs: 30 * 60_000,
  retryMs: 30_000,
  newsEveryMs: 3_000,
  recovery: protocolRecoveryTimings,
};

/** A job that goes on for longer than this goes on for ever. */
const mostRuns = 400;

const dayMs = 24 * 3_600_000;

export type Ran = {
  job: EndedJob;
  backendSession: BackendSession | null;
  /** What watchers were told, as it is kept. */
  events: string[];
  /** The ids of all renders that the record held at the end of a run: a run makes one at most. */
  renderIds: Set<string>;
  /** What became of each send, and how many messages the backend accepted during it. */
  sends: { outcome: MessageOutcome; accepted: number }[];
  /** How long each wait was, in ms. */
  waitsMs: number[];
};

/**
 * The stages of the workers on the real client, storage and queue. Instead of a wait, `rest` is called, which resolves once the
 * backend has no work under way, as it would have by the time that the wait is over; then the job is claimed anew.
 */
export function createStageRunner(deps: {
  backend: Backend;
  storage: Storage;
  rest: () => Promise<void>;
  /** How many messages the backend has accepted. */
  accepted: () => Promise<number>;
  newsEveryMs?: number;
  lookLimitMs?: number;
}) {
  const { storage, rest, accepted } = deps;
  let nowMs = Date.UTC(2030, 0, 1);
  let sends: Ran["sends"] = [];
  const backend: Backend = {
    ...deps.backend,
    async sendMessage(input) {
      const before = await accepted();
      const outcome = await deps.backend.sendMessage(input);
      sends.push({ outcome, accepted: (await accepted()) - before });
      return outcome;
    },
  };
  const now = () => nowMs;
  const queue = openQueue({ now });
  const files = createFileRecords(queue);
  const { gates } = queue;
  const { hasOtherWork } = queue.admission;
  const log = pino({ level: "silent" });
  const languages = createJobLanguages({ storage, languageOf });
  const timings = { ...protocolTimings, newsEveryMs: deps.newsEveryMs ?? protocolTimings.newsEveryMs };
  const shared = { backend, storage, files, gates, languages, timings, newId, now, log };
  const outbound = createOutboundClient({ allow: ["127.0.0.0/8"] });
  onTestFinished(outbound.close);
  const stages = {
    // A pause between two tries is a wait like any other.
    upload: createUploadStage({
      ...shared,
      ...(deps.lookLimitMs !== undefined && { lookLimitMs: deps.lookLimitMs }),
      converter: createConverter(),
      get: outbound.get,
      sleep: async () => {},
    }),
    generate: createGenerateStage({ ...shared, monotonicNow: now, hasOtherWork }),
    export: createExportStage(shared),
  };

  const subscriber = queue.redis.duplicate();
  const workers = stageWorkers(queue);
  const processEntry = createStageProcessor({
    ...shared,
    claims: queue.claims,
    passOn: queue.passOn,
    // What the backend says of an account ends a job here at once; waiting at gates is tested on its own.
    gateFor: async () => null,
    breaker: createBreaker({ gates, now, probeEveryMs: 30_000 }),
    interrupts: createInterrupts({ subscriber, keys: queue.keys }),
    stages,
    retryMs: timings.retryMs,
    stageLimitsMs: { upload: dayMs, generate: dayMs, export: dayMs },
  });
  onTestFinished(async () => {
    await Promise.all(Object.values(workers).map(async (worker) => await worker.close()));
    await subscriber.quit();
  });

  /** Runs a job from its acceptance to its end. `backendSession` is where its session lives, if that is known already. */
  async function run(overrides: Partial<QueuedJob>, backendSession: BackendSession | null = null): Promise<Ran> {
    sends = [];
    const queued = queuedJob({ createdAtMs: nowMs, deadlineAtMs: nowMs + dayMs, ...overrides });
    let { job }: { job: Job } = await queue.store.submit(queued);
    if (backendSession !== null) await queue.records.update(queued, (stored) => ({ job: stored.job, backendSession }));
    await queue.admission.kick();
    const waitsMs: number[] = [];
    const renderIds = new Set<string>();
    for (let runs = 0; runs < mostRuns; runs++) {
      if (hasEnded(job)) return { ...(await keptBeside(job)), job, renderIds, sends, waitsMs };
      const waitMs = await runOnce(workers[stageOf(job)]);
      job = (await queue.store.load(queued.tenant, queued.id))?.job ?? job;
      if (job.made.render !== null) renderIds.add(job.made.render.id);
      if (waitMs !== null) waitsMs.push(waitMs);
    }
    throw new Error(`${queued.id} has not ended after ${mostRuns} runs`);
  }

  /** Processes the one entry of a queue. Where it is to come back later, it is then later; returns after how many ms. */
  async function runOnce(worker: Worker): Promise<number | null> {
    const token = newId("op");
    const entry: BullJob | undefined = await worker.getNextJob(token, { block: false });
    if (entry === undefined) throw new Error(`Nothing is in the queue ${worker.name}`);
    let untilMs = nowMs;
    const moveToDelayed = entry.moveToDelayed.bind(entry);
    entry.moveToDelayed = async (atMs, lockToken) => {
      untilMs = atMs;
      await moveToDelayed(atMs, lockToken);
    };
    try {
      await processEntry(entry, token, new AbortController().signal);
      await entry.moveToCompleted(null, token, false);
      return null;
    } catch (error) {
      if (!(error instanceof DelayedError)) throw error;
      const waitMs = untilMs - nowMs;
      await rest();
      nowMs = untilMs;
      await entry.promote();
      return waitMs;
    }
  }

  async function keptBeside({ tenant, id, sessionId }: EndedJob): Promise<Pick<Ran, "backendSession" | "events">> {
    const entries = await queue.redis.xrange(queue.keys.events({ tenant, id }), "-", "+");
    const backendSession = await queue.records.loadBackendSession({ tenant, id: sessionId });
    return { backendSession, events: entries.flatMap(([, fields]) => fields) };
  }

  return { run, files };
}

/** Workers that take an entry when they are told to. */
function stageWorkers({ redis, keys }: ReturnType<typeof openQueue>): Record<Stage, Worker> {
  const worker = (stage: Stage): Worker =>
    new Worker(stage, null, { connection: redis, prefix: keys.bullPrefix, autorun: false, lockDuration: 120_000 });
  return { upload: worker("upload"), generate: worker("generate"), export: worker("export") };
}
