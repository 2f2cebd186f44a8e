import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { QueuedJob } from "../../src/domain/job.ts";
import type { FileRecords } from "../../src/queue/file-records.ts";
import type { Storage } from "../../src/storage/folder-storage.ts";
import { newFileId, newJobId, queuedJob } from "./queued-job.ts";

const tenant = "default";

/** A `video` job of all three stages. Its id stands in its message, by which the ledger knows it. */
export async function crashJob(storage: Storage, files: FileRecords, webhookUrl: string): Promise<QueuedJob> {
  const id = newJobId();
  return queuedJob({
    id,
    plan: ["upload", "generate", "export"],
    input: {
      textKey: null,
      files: [await savePicture(storage, files)],
      urls: [],
      instruction: `Make a 3 second video. Resolution 90x160.\n\nThis is ${id}.`,
    },
    output: { format: "mp4", quality: "low" },
    webhook: { url: webhookUrl, events: ["job.succeeded", "job.failed", "job.canceled"] },
  });
}

async function savePicture(storage: Storage, files: FileRecords): Promise<QueuedJob["input"]["files"][number]> {
  const id = newFileId();
  const picture = await readFile(join(import.meta.dirname, "../../examples/pictures/1.jpg"));
  const { key, bytes, sha256 } = await storage.put("file", picture, { maxBytes: picture.length });
  const createdAtMs = Date.now();
  const kind = { name: "1.jpg", mime: "image/jpeg", kind: "image" } as const;
  await files.save({ id, tenant, ...kind, bytes, sha256, storageKey: key, createdAtMs });
  return id;
}
