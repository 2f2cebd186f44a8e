import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rm, stat, type FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";
import { addAbortSignal, Readable } from "node:stream";
import { JobFailure } from "../domain/failure.ts";
import { fileTooLarge, moveDurably, syncFolder, writeDurably } from "./durable-write.ts";
import { storageKey, storageKinds, storagePath, type StorageKind } from "./storage-key.ts";

export type StorageSource = Readable | string | Buffer;
export type PutOptions = { readonly maxBytes: number; readonly signal?: AbortSignal };
export type Stored = { key: string; bytes: number; sha256: string };

export type Storage = {
  /** Stores under a new key. Throws `JobFailure` (`file_too_large`); whatever goes wrong, nothing is left behind. */
  put: (kind: StorageKind, source: StorageSource, options: PutOptions) => Promise<Stored>;
  /** The same under a key from `storageKey`. What is there is replaced as a whole: a reader sees the old or the new. */
  putAs: (key: string, source: StorageSource, options: PutOptions) => Promise<Stored>;
  /** Throws `JobFailure` (`file_not_found`). */
  read: (key: string) => Promise<Readable>;
  /** UTF-8, byte for byte. Throws `JobFailure` (`file_not_found`, `file_too_large`, `invalid_request` when it is not UTF-8). */
  readText: (key: string, maxBytes: number) => Promise<string>;
  /** `null` when there is nothing under this key. */
  stat: (key: string) => Promise<{ bytes: number; modifiedAtMs: number } | null>;
  /** The path, for what reads files itself. It says nothing about whether there is one. */
  pathOf: (key: string) => string;
  /** A path for what writes files itself, gone when `work` is done; after a crash, as soon as it is stale. */
  withTempFile: <Result>(work: (path: string) => Promise<Result>) => Promise<Result>;
  /** What a crash left of temporary files goes, once nobody has written to it for `staleTempAgeMs`. */
  removeStaleTemporary: () => Promise<void>;
  /** Does nothing when it is gone already. */
  remove: (key: string) => Promise<void>;
};

/** Longer than anything that writes a file pauses, or than a stage may take. */
const defaultStaleTempAgeMs = 2 * 60 * 60 * 1000;

/**
 * File storage in a local folder, which several processes may share. A file is written under a temporary name, flushed to the disk
 * and then renamed: under its final name it is whole or not there, also after a crash or power loss.
 */
export async function createFolderStorage(deps: {
  dir: string;
  staleTempAgeMs?: number;
  now?: () => number;
}): Promise<Storage> {
  const dir = resolve(deps.dir);
  const tempDir = join(dir, "tmp");
  const folders = [tempDir, ...storageKinds.map((kind) => join(dir, kind))];
  await Promise.all(folders.map((path) => mkdir(path, { recursive: true })));
  await syncFolder(dir);
  const staleTempAgeMs = deps.staleTempAgeMs ?? defaultStaleTempAgeMs;
  const now = deps.now ?? Date.now;

  async function putAs(key: string, source: StorageSource, options: PutOptions): Promise<Stored> {
    const path = storagePath(dir, key);
    const stream = toReadable(source, options.signal);
    const tempPath = join(tempDir, randomUUID());
    try {
      const written = await writeDurably(tempPath, stream, options.maxBytes);
      await moveDurably(tempPath, path);
      return { key, ...written };
    } catch (error) {
      stream.destroy();
      await rm(tempPath, { force: true });
      throw error;
    }
  }

  const put: Storage["put"] = (kind, source, options) => putAs(storageKey(kind, randomUUID()), source, options);

  async function read(key: string): Promise<Readable> {
    const handle = await openStored(storagePath(dir, key));
    return handle.createReadStream();
  }

  async function readText(key: string, maxBytes: number): Promise<string> {
    const handle = await openStored(storagePath(dir, key));
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) throw fileTooLarge(maxBytes);
      return decodeUtf8(await handle.readFile());
    } finally {
      await handle.close();
    }
  }

  async function withTempFile<Result>(work: (path: string) => Promise<Result>): Promise<Result> {
    const path = join(tempDir, randomUUID());
    try {
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  return {
    put,
    putAs,
    read,
    readText,
    stat: (key) => statOrNull(storagePath(dir, key)),
    pathOf: (key) => storagePath(dir, key),
    withTempFile,
    removeStaleTemporary: async () => await removeStale(tempDir, now() - staleTempAgeMs),
    remove: (key) => rm(storagePath(dir, key), { force: true }),
  };
}

async function removeStale(folder: string, beforeMs: number): Promise<void> {
  const names = await readdir(folder);
  const removeIfStale = async (path: string): Promise<void> => {
    const found = await statOrNull(path);
    if (found !== null && found.modifiedAtMs < beforeMs) await rm(path, { force: true });
  };
  await Promise.all(names.map((name) => removeIfStale(join(folder, name))));
}

function toReadable(source: StorageSource, signal: AbortSignal | undefined): Readable {
  if (typeof source === "string" && !source.isWellFormed()) {
    throw new JobFailure("invalid_request", "The text holds half of a surrogate pair, which no file can hold.");
  }
  const stream = source instanceof Readable ? source : Readable.from([Buffer.from(source)]);
  // An error may come before anyone reads, and would end the process.
  stream.on("error", () => {});
  return signal ? addAbortSignal(signal, stream) : stream;
}

async function openStored(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    throw isMissing(error) ? new JobFailure("file_not_found", "It is no longer stored.", { cause: error }) : error;
  }
}

async function statOrNull(path: string): Promise<{ bytes: number; modifiedAtMs: number } | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { bytes: size, modifiedAtMs: mtimeMs };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function decodeUtf8(bytes: Buffer): string {
  try {
    // ignoreBOM means that a byte order mark is kept.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new JobFailure("invalid_request", "The file is not text in UTF-8.", { cause: error });
  }
}
