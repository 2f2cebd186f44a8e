import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FileId } from "../../src/domain/id.ts";
import type { QueuedJob } from "../../src/domain/job.ts";
import type { FileRecords } from "../../src/queue/file-records.ts";
import { recogniseFile } from "../../src/storage/file-kind.ts";
import type { Storage } from "../../src/storage/folder-storage.ts";
import { newFileId, newJobId, queuedJob } from "./queued-job.ts";

const tenant = "default";
const root = join(import.meta.dirname, "../..");

/**
 * What kind of `video` job a worker is hurt in. `plain`: one picture and an instruction. `rich`: a picture, a HEIC photo, a document
 * and a URL, and an edit that the reply asks for and the job allows.
 */
export const crashJobKinds = ["plain", "rich"] as const;
export type CrashJobKind = (typeof crashJobKinds)[number];

/** The names under which each kind's media arrive at the backend. */
export const mediaOf: Record<CrashJobKind, readonly string[]> = {
  plain: ["1.jpg"],
  rich: ["1.jpg", "quadrants.jpg", "2.jpg"],
};

type Places = { storage: Storage; files: FileRecords; webhookUrl: string; pictureUrl: string };

/** A job of all three stages. Its id stands in its message, by which the ledger knows it. */
export async function crashJob(kind: CrashJobKind, places: Places): Promise<QueuedJob> {
  const { webhookUrl, pictureUrl } = places;
  const id = newJobId();
  const isRich = kind === "rich";
  const paths = isRich
    ? ["examples/pictures/1.jpg", "test/fixtures/inputs/quadrants.heic", "examples/documents/product.docx"]
    : ["examples/pictures/1.jpg"];
  const files: FileId[] = [];
  for (const path of paths) files.push(await saveFile(path, places));
  return queuedJob({
    id,
    plan: ["upload", "generate", "export"],
    allowEdits: isRich,
    input: {
      textKey: null,
      files,
      urls: isRich ? [pictureUrl] : [],
      instruction: `Make a ${isRich ? 6 : 3} second video. Resolution 90x160.\n\nThis is ${id}.`,
    },
    output: { format: "mp4", quality: "low" },
    webhook: { url: webhookUrl, events: ["job.succeeded", "job.failed", "job.canceled"] },
  });
}

async function saveFile(path: string, { storage, files }: Places): Promise<FileId> {
  const id = newFileId();
  const content = await readFile(join(root, path));
  const recognised = await recogniseFile(content);
  if (recognised === null) throw new Error(`${path} is recognised as nothing`);
  const { mime, kind } = recognised;
  const { key, bytes, sha256 } = await storage.put("file", content, { maxBytes: content.length });
  const name = path.split("/").at(-1) ?? path;
  await files.save({ id, tenant, name, mime, kind, bytes, sha256, storageKey: key, createdAtMs: Date.now() });
  return id;
}
