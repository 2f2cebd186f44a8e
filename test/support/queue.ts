import { pino } from "pino";
import { onTestFinished } from "vitest";
import { fileIdSchema, jobIdSchema, sessionIdSchema, type NewId, type SessionId } from "../../src/domain/id.ts";
import { nothingMade, type QueuedJob } from "../../src/domain/job.ts";
import { newId } from "../../src/new-id.ts";
import { createAdmission } from "../../src/queue/admission.ts";
import { connectRedis } from "../../src/queue/connection.ts";
import { createClaims } from "../../src/queue/job-claim.ts";
import { createGates } from "../../src/queue/gates.ts";
import { createJobControl } from "../../src/queue/job-control.ts";
import { createJobRecords } from "../../src/queue/job-record.ts";
import { createJobStore } from "../../src/queue/job-store.ts";
import { createKeys, type Keys } from "../../src/queue/keys.ts";
import { createPassOn } from "../../src/queue/pass-on.ts";
import { createQueues } from "../../src/queue/queues.ts";
import { createSweeper } from "../../src/queue/sweeper.ts";
import { redisUrl, testPrefix } from "./redis.ts";

const retentionS = 1_000;
const silent = pino({ level: "silent" });

export type QueueOptions = {
  window?: number;
  tenantCap?: number;
  ids?: NewId;
  url?: string;
  keys?: Keys;
  now?: () => number;
};

/** The queue side of the service, on keys of its own unless given those of another; closed when the test ends. */
export function openQueue({
  window = 100,
  tenantCap = 100,
  ids = newId,
  url = redisUrl(),
  keys = createKeys(testPrefix()),
  now = Date.now,
}: QueueOptions = {}) {
  const redis = connectRedis(url, "patient", () => undefined);
  const records = createJobRecords({ redis, keys, newId: ids, now, retentionS });
  const queues = createQueues({ redis, keys, onError: () => undefined });
  const gates = createGates({ redis, keys });
  const admission = createAdmission({ redis, keys, records, queues, gates, now, window, tenantCap });
  const passOn = createPassOn({ queues, admission });
  const control = createJobControl({ redis, keys, records, queues, passOn, newId: ids, now });
  onTestFinished(async () => {
    await queues.close();
    await redis.quit();
  });
  return {
    redis,
    keys,
    records,
    queues,
    gates,
    admission,
    passOn,
    control,
    store: createJobStore({ redis, keys, records }),
    claims: createClaims({ redis, keys, records, newId: ids, now }),
    sweeper: createSweeper({
      redis,
      keys,
      records,
      queues,
      admission,
      control,
      now,
      log: silent,
      graceMs: 0,
    }),
  };
}

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
