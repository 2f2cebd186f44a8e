import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/**
 * Writes a record whole or not at all, so that a kill leaves the old one or the new one. Synchronous on purpose: records
 * are small, and no other request can come between a change in memory and its write.
 */
export function writeRecord(path: string, record: unknown): void {
  const partPath = `${path}.part`;
  writeFileSync(partPath, JSON.stringify(record));
  renameSync(partPath, path);
}

/** Every `*.json` of a folder. Throws, naming the file, when one does not have the expected shape. */
export function readRecords<T>(dir: string, schema: z.ZodType<T>): T[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(".json"))
    .map((name) => readRecord(join(dir, name), schema));
}

function readRecord<T>(path: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (parsed.success) return parsed.data;
  throw new Error(
    `${path} was written by another version of the local backend. Remove its data folder to start afresh.\n${z.prettifyError(parsed.error)}`,
  );
}
