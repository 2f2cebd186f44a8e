import type { Redis } from "ioredis";
import { z } from "zod";
import { fileIdSchema, type FileId } from "../domain/id.ts";
import type { Keys } from "./keys.ts";

/** What is known of a file; its bytes are in storage under `storageKey`. */
export const fileRecordSchema = z.object({
  id: fileIdSchema,
  tenant: z.string(),
  name: z.string(),
  mime: z.string(),
  kind: z.enum(["image", "video", "audio", "document", "text"]),
  bytes: z.number(),
  /** Of videos, where it could be told when they came in. */
  durationMs: z.number().optional(),
  sha256: z.string(),
  storageKey: z.string(),
  createdAtMs: z.number(),
});
export type FileRecord = z.infer<typeof fileRecordSchema>;

export function createFileRecords({ redis, keys }: { redis: Redis; keys: Keys }) {
  return {
    async save(record: FileRecord): Promise<void> {
      await redis.set(keys.file(record.tenant, record.id), JSON.stringify(record));
    },
    async load(tenant: string, id: FileId): Promise<FileRecord | null> {
      const kept = await redis.get(keys.file(tenant, id));
      return kept === null ? null : fileRecordSchema.parse(JSON.parse(kept));
    },
  };
}

export type FileRecords = ReturnType<typeof createFileRecords>;
