import { fork } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { openAsBlob } from "node:fs";
import { access, open, readdir, stat as statOf, utimes, writeFile, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createFolderStorage } from "../../../src/storage/folder-storage.ts";
import { storageKey } from "../../../src/storage/storage-key.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const limit = { maxBytes: 1_000_000 };

async function storage() {
  const dir = await tempFolder();
  return { dir, ...(await createFolderStorage({ dir })) };
}

/** Every file below a folder, so that leftovers are seen. */
async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The inodes that are flushed to the disk from now on until the test ends, and whether there was something at `path` by then. */
async function watchFlushes(path: string) {
  const handle = await open(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const flushed: { inode: number; wasThere: boolean }[] = [];
  const flush = prototype.sync;
  vi.spyOn(prototype, "sync").mockImplementation(async function sync(this: FileHandle) {
    const { ino } = await this.stat();
    await flush.call(this);
    const wasThere = await access(path).then(
      () => true,
      () => false,
    );
    flushed.push({ inode: ino, wasThere });
  });
  onTestFinished(() => void vi.restoreAllMocks());
  return flushed;
}

describe("what is stored", () => {
  it("is on the disk before anybody is told its key: the file before it has its name, and then the folder", async () => {
    const { putAs, pathOf } = await storage();
    const key = storageKey("draft", "job_1.json");
    const path = pathOf(key);
    const flushed = await watchFlushes(path);
    await putAs(key, "{}", limit);
    expect(flushed).toEqual([
      { inode: (await statOf(path)).ino, wasThere: false },
      { inode: (await statOf(dirname(path))).ino, wasThere: true },
      { inode: (await statOf(dirname(dirname(path)))).ino, wasThere: true },
    ]);
  });

  it.each([
    ["a string", (bytes: Buffer) => bytes.toString("latin1")],
    ["a buffer", (bytes: Buffer) => bytes],
    ["a stream", (bytes: Buffer) => Readable.from([bytes.subarray(0, 10), bytes.subarray(10)])],
  ])("comes back from %s with its size and hash", async (_name, from) => {
    const { put, read, stat, pathOf } = await storage();
    const bytes = Buffer.from("just some bytes of ASCII");
    const stored = await put("file", from(bytes), limit);
    expect(stored).toEqual({
      key: expect.stringMatching(/^file\/[0-9a-f]{2}\/[0-9a-f-]{36}$/),
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
    expect(await buffer(await read(stored.key))).toEqual(bytes);
    expect(await stat(stored.key)).toMatchObject({ bytes: bytes.length });
    expect(Buffer.from(await (await openAsBlob(pathOf(stored.key))).arrayBuffer())).toEqual(bytes);
  });

  it("is found by another process that shares the folder", async () => {
    const { dir, put } = await storage();
    const { key } = await put("video", "x", limit);
    const other = await createFolderStorage({ dir });
    expect(await other.readText(key, 10)).toBe("x");
  });

  it("is gone after it was removed, which may happen twice", async () => {
    const { dir, put, read, readText, stat, remove } = await storage();
    const { key } = await put("script", "x", limit);
    await remove(key);
    await remove(key);
    expect(await stat(key)).toBeNull();
    await expect(read(key)).rejects.toMatchObject({ code: "file_not_found" });
    await expect(readText(key, 10)).rejects.toMatchObject({ code: "file_not_found" });
    expect(await filesIn(dir)).toEqual([]);
  });
});

describe("text", () => {
  it.each([
    ["19-digit integers", '{"id":9223372036854775807,"t":[],"2":1,"1":2,"f":1.0}'],
    ["NULs and line ends", "a\0b\r\nc\rd\n"],
    ["a byte order mark", "\uFEFF{}"],
    ["two byte order marks", "\uFEFF\uFEFF{}"],
    ["many scripts", "Tïtle 城市 🎬 \u2028 e\u0301"],
    ["nothing", ""],
  ])("with %s comes back as it was", async (_name, text) => {
    const { put, readText, pathOf } = await storage();
    const { key } = await put("draft", text, limit);
    expect(await readText(key, 1000)).toBe(text);
    expect(Buffer.from(await (await openAsBlob(pathOf(key))).arrayBuffer())).toEqual(Buffer.from(text));
  });

  it("that no file can hold is refused, not altered", async () => {
    const { dir, put } = await storage();
    await expect(put("script", "half \uD83C", limit)).rejects.toMatchObject({
      code: "invalid_request",
    });
    expect(await filesIn(dir)).toEqual([]);
  });

  it("is not made of bytes that are no UTF-8", async () => {
    const { put, readText } = await storage();
    const { key } = await put("file", Buffer.from([0x61, 0xff]), limit);
    await expect(readText(key, 10)).rejects.toMatchObject({ code: "invalid_request" });
  });

  it("is read up to the limit, and no further", async () => {
    const { put, readText } = await storage();
    const { key } = await put("script", "12345", limit);
    expect(await readText(key, 5)).toBe("12345");
    await expect(readText(key, 4)).rejects.toMatchObject({ code: "file_too_large" });
  });
});

describe("whatever goes wrong leaves nothing behind", () => {
  it("when it is one byte over the limit", async () => {
    const { dir, put } = await storage();
    expect(await put("file", "12345", { maxBytes: 5 })).toMatchObject({ bytes: 5 });
    await expect(put("file", "123456", { maxBytes: 5 })).rejects.toMatchObject({
      code: "file_too_large",
      detail: "The limit is 5 bytes.",
    });
    expect(await filesIn(dir)).toHaveLength(1);
  });

  it("when a stream has no end, which it is given", async () => {
    const { dir, put } = await storage();
    const endless = new Readable({ read: () => endless.push(Buffer.alloc(1000)) });
    await expect(put("file", endless, { maxBytes: 5000 })).rejects.toMatchObject({
      code: "file_too_large",
    });
    expect(endless.destroyed).toBe(true);
    expect(await filesIn(dir)).toEqual([]);
  });

  it("when the stream breaks off, before or after its first bytes", async () => {
    const { dir, put } = await storage();
    const broken = new Readable({ read: () => {} });
    const stored = put("file", broken, limit);
    broken.destroy(new Error("cut"));
    await expect(stored).rejects.toThrow("cut");
    const cut = Readable.from(
      (function* () {
        yield Buffer.from("half");
        throw new Error("cut");
      })(),
    );
    await expect(put("file", cut, limit)).rejects.toThrow("cut");
    expect(await filesIn(dir)).toEqual([]);
  });

  it("when it is aborted while the stream says nothing", async () => {
    const { dir, put } = await storage();
    const silent = new Readable({ read: () => {} });
    silent.push("half");
    const stop = new AbortController();
    const stored = put("file", silent, { ...limit, signal: stop.signal });
    await vi.waitFor(async () => expect(await filesIn(dir)).toHaveLength(1));
    stop.abort();
    await expect(stored).rejects.toMatchObject({ name: "AbortError" });
    expect(silent.destroyed).toBe(true);
    expect(await filesIn(dir)).toEqual([]);
  });
});

describe("a key of the caller's choice", () => {
  const key = storageKey("video", "job_01h455vb4pex5vsknk084sn02q.mp4");

  it("is replaced as a whole by a second writing", async () => {
    const { dir, putAs, readText } = await storage();
    await putAs(key, "the first, and longer", limit);
    await putAs(key, "the second", limit);
    expect(await readText(key, 100)).toBe("the second");
    expect(await filesIn(dir)).toHaveLength(1);
  });

  it("keeps what it had when the second writing fails", async () => {
    const { putAs, readText } = await storage();
    await putAs(key, "the first", limit);
    await expect(putAs(key, "the second", { maxBytes: 3 })).rejects.toMatchObject({
      code: "file_too_large",
    });
    expect(await readText(key, 100)).toBe("the first");
  });

  it("is never seen half written, while several write it at once", async () => {
    const { dir, putAs, read } = await storage();
    const contents = [randomBytes(200_000), randomBytes(100_000), randomBytes(300_000)];
    const hashes = new Set(contents.map((bytes) => createHash("sha256").update(bytes).digest("hex")));
    await putAs(key, contents[0] ?? "", limit);
    const writing = Promise.all(contents.map((bytes) => putAs(key, Readable.from([bytes]), limit)));
    const seen = await Promise.all(Array.from({ length: 10 }, async () => buffer(await read(key))));
    for (const bytes of seen) expect(hashes).toContain(createHash("sha256").update(bytes).digest("hex"));
    await writing;
    expect(await filesIn(dir)).toHaveLength(1);
  });
});

describe("a process that is killed while it writes", () => {
  const writer = fileURLToPath(new URL("../../support/storage-writer.ts", import.meta.url));

  it("leaves a temporary file, which goes when it is old, and nothing under the final name", async () => {
    const { dir, stat } = await storage();
    const key = storageKey("video", "killed.mp4");
    const child = fork(writer, [dir, key], { execArgv: [] });
    await vi.waitFor(async () => expect(await filesIn(join(dir, "tmp"))).toHaveLength(1), {
      timeout: 4000,
    });
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;

    expect(await stat(key)).toBeNull();
    await (await createFolderStorage({ dir })).removeStaleTemporary();
    expect(await filesIn(dir)).toHaveLength(1);
    await (await createFolderStorage({ dir, now: () => Date.now() + 3 * 3_600_000 })).removeStaleTemporary();
    expect(await filesIn(dir)).toEqual([]);
  });

  it.each(["done", "failed"])("leaves no temporary file behind when the work with it is %s", async (end) => {
    const { dir, withTempFile } = await storage();
    const work = withTempFile(async (path) => {
      await writeFile(path, "x");
      expect(await filesIn(dir)).toEqual([path]);
      if (end === "failed") throw new Error("no");
      return "done";
    });
    await expect(work.catch(() => "failed")).resolves.toBe(end);
    expect(await filesIn(dir)).toEqual([]);
  });

  it("does not make others lose what they are writing", async () => {
    const { dir } = await storage();
    const [old, young] = [join(dir, "tmp", "old"), join(dir, "tmp", "young")];
    await Promise.all([writeFile(old, "x"), writeFile(young, "x")]);
    await utimes(old, new Date(0), new Date(0));
    const shared = await createFolderStorage({ dir, staleTempAgeMs: 60_000 });
    await shared.removeStaleTemporary();
    expect(await filesIn(dir)).toEqual([young]);
  });
});
