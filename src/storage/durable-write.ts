import { createHash } from "node:crypto";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { JobFailure } from "../domain/failure.ts";

/** Writes a new file and flushes it to the disk. Throws `JobFailure` (`file_too_large`) past `maxBytes`; the caller removes what is there. */
export async function writeDurably(
  path: string,
  source: Readable,
  maxBytes: number,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  async function* measured(): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw fileTooLarge(maxBytes);
      hash.update(chunk);
      yield chunk;
    }
  }
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(measured());
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest("hex") };
}

/**
 * A rename survives a power loss only when the folder is flushed too, and a new folder only when the one above it is. That one is
 * flushed each time: it may have been another process that made the folder, a moment ago.
 */
export async function moveDurably(from: string, to: string): Promise<void> {
  const folder = dirname(to);
  await mkdir(folder, { recursive: true });
  await rename(from, to);
  await syncFolder(folder);
  await syncFolder(dirname(folder));
}

export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function fileTooLarge(maxBytes: number): JobFailure {
  return new JobFailure("file_too_large", `The limit is ${maxBytes} bytes.`);
}
