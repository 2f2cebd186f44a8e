import { join } from "node:path";
import { readdir } from "node:fs/promises";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { createApi } from "../../src/api/app.ts";
import { createApiKeys } from "../../src/api/authentication.ts";
import type { ApiDeps, BackendReader } from "../../src/api/dependencies.ts";
import { newId } from "../../src/new-id.ts";
import { connectRedis, isRedisAway } from "../../src/queue/connection.ts";
import { createEventFeed } from "../../src/queue/event-feed.ts";
import { createFileRecords } from "../../src/queue/file-records.ts";
import { createIdempotency } from "../../src/queue/idempotency.ts";
import { createFolderStorage } from "../../src/storage/folder-storage.ts";
import { createOutboundClient } from "../../src/outbound/outbound-client.ts";
import { measureDurationMs } from "../../src/storage/clip-duration.ts";
import { recogniseFile } from "../../src/storage/file-kind.ts";
import { openQueue } from "./queue.ts";
import { redisUrl } from "./redis.ts";
import { tempFolder } from "./temp-folder.ts";

export const apiKey = "test-key-of-the-default-tenant";
export const operatorKey = "test-key-of-the-operators";
export const otherApiKey = "test-key-of-another-tenant";

type Settings = {
  /** Replaces dependencies; gets the real ones. */
  override?: (real: ApiDeps) => Partial<ApiDeps>;
  leaseMs?: number;
  queue?: ReturnType<typeof openQueue>;
};

/** A backend that nobody is to ask. */
const noBackend: BackendReader = {
  credits: async () => Promise.reject(new Error("The backend was asked for credits")),
  session: async () => Promise.reject(new Error("The backend was asked for a session")),
  claim: async () => Promise.reject(new Error("The backend was asked for a claim")),
};

/** The API on a free loopback port, over real Redis and a real folder; gone when the test ends. */
export async function startApi({ override = () => ({}), leaseMs = 60_000, queue = openQueue() }: Settings = {}) {
  const folder = await tempFolder();
  const storage = await createFolderStorage({ dir: folder });
  const { redis, keys } = queue;
  const subscriber = connectRedis(redisUrl(), "patient", () => undefined);
  const lines: string[] = [];
  const keep = { write: (line: string) => void lines.push(line) };
  const real: ApiDeps = {
    logger: pino({ level: "trace" }, keep),
    now: Date.now,
    newId,
    ...createApiKeys([
      { key: apiKey, tenant: "default" },
      { key: otherApiKey, tenant: "other" },
    ]),
    jobs: queue.store,
    sessions: queue.sessions,
    backend: noBackend,
    events: createEventFeed({ redis, subscriber, keys }),
    files: createFileRecords({ redis, keys }),
    idempotency: createIdempotency({ redis, keys, now: Date.now, keepS: 1_000, leaseMs }),
    storage,
    recogniseFile,
    measureDurationMs,
    checkUrl: createOutboundClient({ allow: [] }).checkUrl,
    checks: [{ name: "redis", check: async () => void (await redis.ping()) }],
    onAccepted: queue.admission.kick,
    control: queue.control,
    isUnavailable: isRedisAway,
    operator: { key: operatorKey, gates: queue.gates, openGate: queue.admission.openGate, mends: queue.mends },
  };
  const app = await createApi({ ...real, ...override(real) });
  await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    await app.close();
    await subscriber.quit();
  });
  const { listeningOrigin: origin } = app;
  return {
    app,
    origin,
    queue,
    storage,
    folder,
    /** What was logged so far, as it was written. */
    logged: () => lines.join(""),
    request: async (path: string, { key = apiKey, ...init }: RequestInit & { key?: string } = {}) => {
      const headers = new Headers(init.headers);
      if (!headers.has("authorization")) headers.set("authorization", `Bearer ${key}`);
      return await fetch(`${origin}${path}`, { ...init, headers });
    },
    /** The names of all files in storage, unfinished ones included. */
    stored: async () =>
      (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
  };
}

export type TestApi = Awaited<ReturnType<typeof startApi>>;

/** Submits JSON; a string is sent as it is. */
export async function postJob(api: TestApi, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return await api.request("/v1/jobs", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export async function postFile(
  api: TestApi,
  content: Uint8Array<ArrayBuffer>,
  name: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const form = new FormData();
  form.set("file", new Blob([content]), name);
  return await api.request("/v1/files", { method: "POST", headers, body: form });
}

export const scriptJob = { type: "video", input: { text: "The harbour wakes before the city does." } } as const;

/** The smallest PNG that there is: one transparent pixel. */
export const onePixelPng = Uint8Array.from(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
    "base64",
  ),
);
