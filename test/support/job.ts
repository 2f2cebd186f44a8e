import { JobFailure } from "../../src/domain/failure.ts";
import { eventIdSchema } from "../../src/domain/id.ts";
import { nothingMade, type EndedJob, type Job, type QueuedJob, type RunningJob } from "../../src/domain/job.ts";
import { claimed, failed, stageDone, type Ending } from "../../src/domain/transition.ts";
import { newId } from "../../src/new-id.ts";
import { newFileId, queuedJob } from "./queued-job.ts";

export const claimedAtMs = Date.UTC(2030, 0, 1, 12);
export const endedAtMs = claimedAtMs + 60_000;

export const ending = (): Ending => ({ nowMs: endedAtMs, eventId: eventIdSchema.parse(newId("evt")) });

export function runningJob(overrides: Partial<QueuedJob> = {}): RunningJob {
  return claimed(queuedJob(overrides), claimedAtMs);
}

export function failedJob(overrides: Partial<QueuedJob> = {}): EndedJob {
  return failed(runningJob(overrides), new JobFailure("render_failed", "It failed 2 times."), ending());
}

/** A job that is through its plan, with everything that a job can make. */
export function succeededJob(overrides: Partial<QueuedJob> = {}): EndedJob {
  let job: Job = runningJob({ made: everythingMade(), ...overrides });
  while (job.status === "running") job = stageDone(job, ending());
  return job;
}

function everythingMade(): Job["made"] {
  return {
    ...nothingMade,
    uploads: [
      { name: "a.jpg", kind: "image/jpeg" },
      { name: "page", kind: "unknown" },
    ],
    message: { state: "finished", text: "Your video is ready.", actions: ["export"], recovered: false },
    changes: ["Video added: rivers (0-10s)"],
    creditsBefore: 200,
    creditsUsed: 100,
    timeline: { draftKey: "draft/key", fingerprint: "fingerprint", summary: "Timeline (1 track)", durationMs: 10_000 },
    render: { id: "render_1", attempt: 1, acceptedAtMs: 1, notFoundSinceMs: null, startedAtMs: 1 },
    video: {
      fileId: newFileId(),
      bytes: 7_340_032,
      sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      durationMs: 10_040,
      widthPx: 1080,
      heightPx: 1920,
      videoCodec: "h264",
      audioCodec: "aac",
      frames: 300,
    },
  };
}
