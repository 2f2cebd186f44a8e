import { fileIdSchema, jobIdSchema, sessionIdSchema, type SessionId } from "../../src/domain/id.ts";
import { nothingMade, type QueuedJob } from "../../src/domain/job.ts";
import { newId } from "../../src/new-id.ts";

export const newJobId = () => jobIdSchema.parse(newId("job"));
export const newSessionId = (): SessionId => sessionIdSchema.parse(newId("ses"));
export const newFileId = () => fileIdSchema.parse(newId("file"));

/** A job as the API accepts it: text to finished video, in a session of its own. */
export function queuedJob(overrides: Partial<QueuedJob> = {}): QueuedJob {
  return {
    id: newJobId(),
    tenant: "default",
    type: "video",
    skill: "text-to-video-capcut",
    plan: ["generate", "export"],
    stageIndex: 0,
    sessionId: newSessionId(),
    ownsSession: true,
    input: { textKey: null, files: [], urls: [], instruction: "Make a video about rivers." },
    output: { format: "mp4", quality: "high" },
    allowEdits: false,
    hints: [],
    webhook: null,
    metadata: {},
    priority: 0,
    createdAtMs: Date.now(),
    deadlineAtMs: Date.now() + 3_600_000,
    runAfterMs: null,
    cancelRequestedAtMs: null,
    stageStartedAtMs: null,
    retryOf: null,
    batchId: null,
    made: nothingMade,
    crashes: 0,
    status: "queued",
    ...overrides,
  };
}
