/**
 * How much memory an upload of 500 MB takes: our way beside two that come to mind first. Each runs in a process of its own, against
 * a server in this one that reads the body and checks its length.
 *
 *     node bench/upload-memory.ts [megabytes]
 */
import { spawn } from "node:child_process";
import { openAsBlob } from "node:fs";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createBackend } from "../src/backend-client/backend.ts";
import { systemClock } from "../src/backend-client/clock.ts";
import { backendLimits } from "../src/backend-client/limits.ts";
import { createMemoryIdentityStore } from "../test/support/memory-identity-store.ts";

const megabyte = 1024 * 1024;

/** Each way of uploading the file at `path` to the backend at `url`. */
const ways: Record<string, (url: string, path: string) => Promise<unknown>> = {
  nothing: async () => undefined,
  ours: async (url, path) => {
    const backend = createBackend({
      config: { baseUrl: url, webUrl: url, token: "token", platform: "unknown" },
      identityStore: createMemoryIdentityStore(),
      publicGet: () => Promise.reject(new Error("Nothing is downloaded here")),
      newClientId: () => "unused",
      clock: systemClock,
      limits: backendLimits,
      log: { debug: () => undefined, warn: () => undefined },
    });
    const { signal } = new AbortController();
    const session = await backend.createSession({ skill: "generator-capcut", language: "en", signal });
    await backend.uploadFiles({ session, files: [{ path, filename: "clip.mp4", mime: "video/mp4" }], signal });
    await backend.close();
  },
  "fetch, file as Blob": async (url, path) => await post(url, await openAsBlob(path)),
  "fetch, file read whole": async (url, path) => await post(url, new Blob([await readFile(path)])),
};

async function post(url: string, file: Blob): Promise<void> {
  const body = new FormData();
  body.append("files", file, "clip.mp4");
  await (await fetch(url, { method: "POST", body })).text();
}

type Received = { bytes: number; declared: number | null };

/** Answers every call as the backend would; remembers the largest body. */
async function serve() {
  let largest: Received = { bytes: 0, declared: null };
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on("end", () => {
      const length = request.headers["content-length"];
      if (bytes > largest.bytes) largest = { bytes, declared: length === undefined ? null : Number(length) };
      const data = { session_id: "s", files: [{ filename: "clip.mp4" }] };
      response.setHeader("content-type", "application/json").end(JSON.stringify({ code: 0, data }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    takeLargest() {
      const taken = largest;
      largest = { bytes: 0, declared: null };
      return taken;
    },
    close: () => server.close(),
  };
}

/** Runs one way in a process of its own; resolves to its peak of resident memory in MB, and its time in s. */
async function measure(way: string, url: string, path: string): Promise<{ peakMb: number; seconds: number }> {
  const startedAtMs = performance.now();
  const self = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [self, "--run", way, url, path], { stdio: ["ignore", "pipe", "inherit"] });
  const peakKb = Number(await text(child.stdout));
  if (!(peakKb > 0)) throw new Error(`'${way}' failed`);
  return { peakMb: Math.round(peakKb / 1024), seconds: Math.round((performance.now() - startedAtMs) / 100) / 10 };
}

async function main(megabytes: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "reelay-bench-"));
  const server = await serve();
  try {
    const path = join(folder, "clip.mp4");
    const file = await open(path, "w");
    await file.truncate(megabytes * megabyte);
    await file.close();
    console.log(`One file of ${megabytes} MB; peak of resident memory of a process that uploads it:`);
    for (const way of Object.keys(ways)) {
      const { peakMb, seconds } = await measure(way, server.url, path);
      const { bytes, declared } = server.takeLargest();
      if (way !== "nothing" && bytes < megabytes * megabyte) throw new Error(`'${way}' sent ${bytes} bytes`);
      const length = way === "nothing" ? "" : declared === bytes ? ", length known" : ", length not known";
      console.log(`  ${way.padEnd(24)}${String(peakMb).padStart(6)} MB  ${seconds} s${length}`);
    }
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
}

const [flag, way = "", url = "", path = ""] = process.argv.slice(2);
if (flag === "--run") {
  await ways[way]?.(url, path);
  process.stdout.write(String(process.resourceUsage().maxRSS));
} else {
  await main(Number(flag ?? 500));
}
