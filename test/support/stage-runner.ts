import { pino } from "pino";
import type { Backend } from "../../src/backend-client/backend.ts";
import { BackendError } from "../../src/backend-client/backend-error.ts";
import type { MessageOutcome } from "../../src/backend-client/outcome.ts";
import { JobFailure } from "../../src/domain/failure.ts";
import { eventIdSchema } from "../../src/domain/id.ts";
import { hasEnded, stageOf, type EndedJob, type QueuedJob } from "../../src/domain/job.ts";
import { protocolRecoveryTimings } from "../../src/domain/recovery.ts";
import { failed, making, stageDone, yielded } from "../../src/domain/transition.ts";
import { newId } from "../../src/new-id.ts";
import { createFileRecords } from "../../src/queue/file-records.ts";
import type { Claim } from "../../src/queue/job-claim.ts";
import type { BackendSession, StoredJob } from "../../src/queue/job-record.ts";
import type { Storage } from "../../src/storage/folder-storage.ts";
import { createExportStage } from "../../src/workers/export-stage.ts";
import { createGenerateStage } from "../../src/workers/generate-stage.ts";
import type { StageOutcome } from "../../src/workers/stage.ts";
import type { Timings } from "../../src/workers/timings.ts";
import { createUploadStage } from "../../src/workers/upload-stage.ts";
import { claimedJob } from "./claimed-job.ts";
import { openQueue } from "./queue.ts";
import { queuedJob } from "./queued-job.ts";

/** The waits of the protocol, in a time that passes only when a stage waits. */
const timings: Timings = {
  pollEveryMs: 30_000,
  renderDeadlineMs: 30 * 60_000,
  retryMs: 30_000,
  recovery: protocolRecoveryTimings,
};

/** A job that goes on for longer than this goes on for ever. */
const mostRuns = 400;

export type Ran = {
  job: EndedJob;
  backendSession: BackendSession | null;
  /** What watchers were told, as it is kept. */
  events: string[];
  /** The ids of all renders that the record held at the end of a run: a run makes one at most. */
  renderIds: Set<string>;
  /** What became of each send, and whether the backend had accepted a message by the end of it. */
  sends: { outcome: MessageOutcome; acceptedBy: number }[];
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
}) {
  const { storage, rest, accepted } = deps;
  let nowMs = Date.UTC(2030, 0, 1);
  let sends: Ran["sends"] = [];
  const backend: Backend = {
    ...deps.backend,
    async sendMessage(input) {
      const outcome = await deps.backend.sendMessage(input);
      sends.push({ outcome, acceptedBy: await accepted() });
      return outcome;
    },
  };
  const now = () => nowMs;
  const queue = openQueue({ now });
  const files = createFileRecords(queue);
  const { gates } = queue;
  const { hasOtherWork } = queue.admission;
  const log = pino({ level: "silent" });
  const shared = { backend, storage, files, gates, timings, newId, now, log };
  const stages = {
    upload: createUploadStage(shared),
    generate: createGenerateStage({ ...shared, monotonicNow: now, hasOtherWork }),
    export: createExportStage(shared),
  };

  /** Runs a job from its acceptance to its end. `backendSession` is where its session lives, if that is known already. */
  async function run(overrides: Partial<QueuedJob>, backendSession: BackendSession | null = null): Promise<Ran> {
    sends = [];
    const queued = queuedJob({ createdAtMs: nowMs, deadlineAtMs: nowMs + 24 * 3_600_000, ...overrides });
    await queue.store.submit(queued);
    if (backendSession !== null) await queue.records.update(queued, ({ job }) => ({ job, backendSession }));
    const waitsMs: number[] = [];
    const renderIds = new Set<string>();
    for (let runs = 0; runs < mostRuns; runs++) {
      const { job, waitMs } = await runOnce(await claimedJob(queue, queued));
      if (job.made.render !== null) renderIds.add(job.made.render.id);
      if (hasEnded(job)) return { ...(await keptBeside(job)), job, renderIds, sends, waitsMs };
      if (waitMs === null) continue;
      await rest();
      nowMs += waitMs;
      waitsMs.push(waitMs);
    }
    throw new Error(`${queued.id} has not ended after ${mostRuns} runs`);
  }

  /** One run of the current stage, recorded as the workers record it: what stands then, and how long to wait, if at all. */
  async function runOnce(claim: Claim): Promise<{ job: StoredJob["job"]; waitMs: number | null }> {
    const ending = { nowMs, eventId: eventIdSchema.parse(newId("evt")) };
    const outcome = await outcomeOf(claim);
    if (outcome instanceof JobFailure) return await passedOn(claim.update((job) => failed(job, outcome, ending)));
    if (outcome.kind === "done")
      return await passedOn(claim.update((job) => stageDone(making(job, outcome.made), ending)));
    const { job } = await claim.update(yielded);
    return { job, waitMs: outcome.afterMs };
  }

  async function outcomeOf(claim: Claim): Promise<StageOutcome | JobFailure> {
    try {
      return await stages[stageOf(claim.job)](claim, new AbortController().signal);
    } catch (error) {
      if (error instanceof BackendError && error.isPassing) return { kind: "again", afterMs: timings.retryMs };
      if (error instanceof JobFailure) return error;
      throw error;
    }
  }

  async function passedOn(updating: Promise<StoredJob>): Promise<{ job: StoredJob["job"]; waitMs: null }> {
    const stored = await updating;
    await queue.passOn(stored);
    return { job: stored.job, waitMs: null };
  }

  async function keptBeside({ tenant, id, sessionId }: EndedJob): Promise<Pick<Ran, "backendSession" | "events">> {
    const entries = await queue.redis.xrange(queue.keys.events({ tenant, id }), "-", "+");
    const backendSession = await queue.records.loadBackendSession({ tenant, id: sessionId });
    return { backendSession, events: entries.flatMap(([, fields]) => fields) };
  }

  return { run, files };
}
