import { pino } from "pino";
import type { Backend } from "../../src/backend-client/backend.ts";
import { BackendError } from "../../src/backend-client/backend-error.ts";
import type { MessageOutcome } from "../../src/backend-client/outcome.ts";
import { JobFailure } from "../../src/domain/failure.ts";
import { eventIdSchema, type FileId } from "../../src/domain/id.ts";
import { jobSchema, stageOf, type EndedJob, type Job, type QueuedJob, type RunningJob } from "../../src/domain/job.ts";
import type { JobEvent } from "../../src/domain/job-event.ts";
import { protocolRecoveryTimings } from "../../src/domain/recovery.ts";
import { claimed, failed, making, stageDone } from "../../src/domain/transition.ts";
import { newId } from "../../src/new-id.ts";
import type { FileRecord } from "../../src/queue/file-records.ts";
import type { Claim } from "../../src/queue/job-claim.ts";
import type { BackendSession } from "../../src/queue/job-record.ts";
import type { Storage } from "../../src/storage/folder-storage.ts";
import { createExportStage } from "../../src/workers/export-stage.ts";
import { createGenerateStage } from "../../src/workers/generate-stage.ts";
import type { Timings } from "../../src/workers/timings.ts";
import { createUploadStage } from "../../src/workers/upload-stage.ts";
import { queuedJob } from "./queue.ts";

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
  events: JobEvent[];
  /** The ids of all renders that the record ever held. */
  renderIds: Set<string>;
  /** What became of each send, and whether the backend had accepted a message by the end of it. */
  sends: { outcome: MessageOutcome; acceptedBy: number }[];
  /** How long each wait was, in ms. */
  waitsMs: number[];
};

/**
 * The stages of the workers on the real client and storage. The record is kept in memory, as JSON; `rest` is called where a stage
 * waits, and resolves once the backend has no work under way, as it would have by the time that the wait is over.
 */
export function createStageRunner(deps: {
  backend: Backend;
  storage: Storage;
  rest: () => Promise<void>;
  /** How many messages the backend has accepted. */
  accepted: () => Promise<number>;
}) {
  const { storage, rest, accepted } = deps;
  const records = new Map<string, FileRecord>();
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
  const files = {
    save: async (record: FileRecord) => void records.set(record.id, record),
    load: async (_tenant: string, id: FileId) => records.get(id) ?? null,
  };
  const now = () => nowMs;
  const log = pino({ level: "silent" });
  const shared = { backend, storage, files, timings, newId, now, log };
  const stages = {
    upload: createUploadStage(shared),
    generate: createGenerateStage({
      ...shared,
      monotonicNow: now,
      hasOtherWork: async () => false,
      gates: { against: async () => null },
    }),
    export: createExportStage(shared),
  };

  /** Runs a job from where it is to its end. */
  async function run(queued: Partial<QueuedJob>, backendSession: BackendSession | null = null): Promise<Ran> {
    sends = [];
    const job = claimed(queuedJob({ createdAtMs: nowMs, deadlineAtMs: nowMs + 24 * 3_600_000, ...queued }), nowMs);
    const claim = claimInMemory(job, backendSession);
    const waitsMs: number[] = [];
    for (let runs = 0; runs < mostRuns; runs++) {
      const next = await runOnce(claim);
      if (typeof next !== "number")
        return {
          job: next,
          backendSession: claim.backendSession,
          events: claim.events,
          renderIds: claim.renderIds,
          sends,
          waitsMs,
        };
      if (next > 0) await rest();
      nowMs += next;
      if (next > 0) waitsMs.push(next);
    }
    throw new Error(`The job is still ${stageOf(claim.job)} after ${mostRuns} runs: ${JSON.stringify(claim.job.made)}`);
  }

  /** One run of the current stage, recorded as the workers record it. Returns the ended job, or how long to wait. */
  async function runOnce(claim: ReturnType<typeof claimInMemory>): Promise<EndedJob | number> {
    const ending = { nowMs, eventId: eventIdSchema.parse(newId("evt")) };
    const { signal } = new AbortController();
    try {
      const outcome = await stages[stageOf(claim.job)](claim, signal);
      if (outcome.kind === "again") return outcome.afterMs;
      return claim.move(stageDone(making(claim.job, outcome.made), ending));
    } catch (error) {
      if (error instanceof BackendError && error.isPassing) return timings.retryMs;
      if (!(error instanceof JobFailure)) throw error;
      return claim.move(failed(claim.job, error, ending));
    }
  }

  return { run, addFile: files.save };
}

function claimInMemory(first: RunningJob, firstSession: BackendSession | null) {
  let job = first;
  let backendSession = firstSession;
  const events: JobEvent[] = [];
  const renderIds = new Set<string>();

  /** Takes the next record as Redis would keep it. Returns it once the job has ended, else 0: no wait. */
  function move(next: Job): EndedJob | 0 {
    const kept = jobSchema.parse(JSON.parse(JSON.stringify(next)));
    if (kept.status === "queued") throw new Error("A claimed job is queued again");
    if (kept.status !== "running") return kept;
    job = kept;
    if (kept.made.render !== null) renderIds.add(kept.made.render.id);
    return 0;
  }

  const claim: Claim = {
    get job() {
      return job;
    },
    get backendSession() {
      return backendSession;
    },
    async update(change, newSession) {
      const next = change(job);
      move(next);
      backendSession = newSession ?? backendSession;
      return {
        job: next,
        version: 1,
        epoch: 1,
        fence: 1,
        circumstances: { progress: { percent: 0, text: null }, waiting: null },
      };
    },
    async park() {
      throw new Error("No gate is ever closed here");
    },
    async emit(event) {
      events.push(event);
    },
  };
  return Object.assign(claim, { events, renderIds, move });
}
