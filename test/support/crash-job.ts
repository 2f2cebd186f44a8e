import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileIdSchema, jobIdSchema, sessionIdSchema } from "../../src/domain/id.ts";
import { nothingMade, type QueuedJob } from "../../src/domain/job.ts";
import { newId } from "../../src/new-id.ts";
import type { FileRecords } from "../../src/queue/file-records.ts";
import type { Storage } from "../../src/storage/folder-storage.ts";

const tenant = "default";

/** A `video` job of all three stages. Its id stands in its message, by which the ledger knows it. */
export async function crashJob(storage: Storage, files: FileRecords, webhookUrl: string): Promise<QueuedJob> {
  const id = jobIdSchema.parse(newId("job"));
  return {
    id,
    tenant,
    type: "video",
    skill: "text-to-video-capcut",
    plan: ["upload", "generate", "export"],
    stageIndex: 0,
    sessionId: sessionIdSchema.parse(newId("ses")),
    ownsSession: true,
    input: {
      textKey: null,
      files: [await savePicture(storage, files)],
      urls: [],
      instruction: `Make a 3 second video. Resolution 90x160.\n\nThis is ${id}.`,
    },
    output: { format: "mp4", quality: "low" },
    webhook: { url: webhookUrl, events: ["job.succeeded", "job.failed", "job.canceled"] },
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
  };
}

async function savePicture(storage: Storage, files: FileRecords): Promise<QueuedJob["input"]["files"][number]> {
  const id = fileIdSchema.parse(newId("file"));
  const picture = await readFile(join(import.meta.dirname, "../../examples/pictures/1.jpg"));
  const { key, bytes, sha256 } = await storage.put("file", picture, { maxBytes: picture.length });
  const createdAtMs = Date.now();
  const kind = { name: "1.jpg", mime: "image/jpeg", kind: "image" } as const;
  await files.save({ id, tenant, ...kind, bytes, sha256, storageKey: key, createdAtMs });
  return id;
}
