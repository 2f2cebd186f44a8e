import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { startOwnedProcess, stringIn, type OwnedProcess } from "../../scripts/owned-process.ts";
import { hasEnded, type EndedJob, type QueuedJob } from "../../src/domain/job.ts";
import { readConfig } from "../../src/local-backend/config.ts";
import { startLocalBackend } from "../../src/local-backend/server.ts";
import { newId } from "../../src/new-id.ts";
import { connectRedis } from "../../src/queue/connection.ts";
import { createFileRecords } from "../../src/queue/file-records.ts";
import { createJobRecords } from "../../src/queue/job-record.ts";
import { createJobStore } from "../../src/queue/job-store.ts";
import { createKeys } from "../../src/queue/keys.ts";
import { createFolderStorage } from "../../src/storage/folder-storage.ts";
import { crashJob, mediaOf, type CrashJobKind } from "./crash-job.ts";
import { problemsAfterCrash } from "./crash-verdict.ts";
import { startEventReceiver } from "./event-receiver.ts";
import { readLedger } from "./ledger.ts";
import { leftovers } from "./leftovers.ts";
import { apiKey, quickSettings, webhookSecret } from "./quick-settings.ts";

/**
 * Where a worker is hurt: before or after its `at`-th word to Redis or over HTTP about the job (see `crash-point.ts`).
 *
 * - `kill`: SIGKILL, and another worker is started.
 * - `stop`: frozen until another worker has brought the job to its end.
 * - `nap`: frozen until another worker has taken the job over, so that both are at it.
 */
export type CrashPoint = { at: number; when: "before" | "after"; how: "kill" | "stop" | "nap" };

/** `reached`: what the worker was saying there; null when the job ended before that. */
export type CrashRun = { point: CrashPoint; reached: string | null; status: string; problems: string[] };

const token = "configured-token-of-the-tests";
const lockMs = 800;
const endLimitMs = 60_000;
const restLimitMs = 15_000;
const lookEveryMs = 30;

/** A local backend, a webhook receiver, and workers that are hurt at a point of one `video` job each, on keys of its own. */
export async function startCrashRig({ redisUrl, kind = "plain" }: { redisUrl: string; kind?: CrashJobKind }) {
  const dir = await mkdtemp(join(tmpdir(), "reelay-crash-"));
  const config = readConfig({
    LOCAL_BACKEND_TOKEN: token,
    LOCAL_BACKEND_SEED: "crash",
    LOCAL_BACKEND_SPEED: "1000",
    LOCAL_BACKEND_DRAG_SHARE: "1",
  });
  const backend = await startLocalBackend({ ...config, port: 0, dataDir: join(dir, "backend") });
  const receiver = await startEventReceiver();
  const pictures = await servePictures();
  const redis = connectRedis(redisUrl, "patient", () => undefined);

  async function openStore() {
    const prefix = newId("op");
    const keys = createKeys(prefix);
    const records = createJobRecords({ redis, keys, newId, now: Date.now, retentionS: 1_000 });
    const dataDir = join(dir, prefix);
    await mkdir(dataDir);
    const settings = {
      ...quickSettings,
      QUEUE_LOCK_MS: String(lockMs),
      // Longer than a marker is good for, so that a job which ended as unknown cannot be sent by a worker that wakes.
      RECOVERY_QUIET_MS: "6000",
      // Short enough for a first cut to be seen, so that looking for it is hurt as well.
      NEWS_EVERY_MS: "20",
      ROLE: "worker",
      LOG_LEVEL: "info",
      REDIS_URL: redisUrl,
      KEY_PREFIX: prefix,
      DATA_DIR: dataDir,
      API_KEY: apiKey,
      WEBHOOK_SECRET: webhookSecret,
      NEMO_API_URL: backend.url,
      NEMO_TOKEN: token,
    };
    return { keys, records, settings, dataDir };
  }
  type Store = Awaited<ReturnType<typeof openStore>>;

  async function submitJob({ keys, records, dataDir }: Store): Promise<QueuedJob> {
    const storage = await createFolderStorage({ dir: dataDir });
    const places = { storage, files: createFileRecords({ redis, keys }), webhookUrl: receiver.url };
    const job = await crashJob(kind, { ...places, pictureUrl: pictures.url });
    await createJobStore({ redis, keys, records }).submit(job);
    return job;
  }

  async function startWorker({ settings, dataDir }: Store, point: CrashPoint | null): Promise<OwnedProcess> {
    const preload = pathToFileURL(join(import.meta.dirname, "crash-point.ts")).href;
    const hurt = point && {
      NODE_OPTIONS: `--import=${preload}`,
      CRASH_AT: String(point.at),
      CRASH_WHEN: point.when,
      CRASH_HOW: point.how === "kill" ? "kill" : "stop",
    };
    const { process } = await startOwnedProcess({
      name: "worker",
      script: join(import.meta.dirname, "../../src/main.ts"),
      env: { ...settings, ...hurt },
      logFile: join(dataDir, "worker.log"),
      ready: (line) => (stringIn(line, "msg") === "ready" ? true : undefined),
    });
    return process;
  }

  async function until<Value>(what: string, limitMs: number, look: () => Promise<Value | null>): Promise<Value> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const found = await look();
      if (found !== null) return found;
      if (Date.now() > deadline) throw new Error(`${what} did not come within ${limitMs / 1000} s`);
      await sleep(lookEveryMs);
    }
  }

  async function endedJob({ records }: Store, { tenant, id }: QueuedJob): Promise<EndedJob | null> {
    const stored = await records.load({ tenant, id });
    return stored !== null && hasEnded(stored.job) ? stored.job : null;
  }

  async function fenceOf({ records }: Store, { tenant, id }: QueuedJob): Promise<number> {
    return (await records.load({ tenant, id }))?.fence ?? 0;
  }

  async function run(point: CrashPoint): Promise<CrashRun> {
    const store = await openStore();
    const job = await submitJob(store);
    const first = await startWorker(store, point);
    const workers = [first];
    try {
      const { reached } = await until("the crash", endLimitMs, async () => {
        const isAtRest = (await endedJob(store, job)) !== null && (await leftovers(redis, store.keys)).length === 0;
        const crash = crashIn(first.output());
        return crash !== null || isAtRest ? { reached: crash } : null;
      });
      const fence = await fenceOf(store, job);
      if (reached !== null) workers.push(await startWorker(store, null));
      if (reached !== null && point.how === "nap") {
        const isTakenOver = async () => (await fenceOf(store, job)) > fence || (await endedJob(store, job)) !== null;
        await until("the next worker", endLimitMs, async () => ((await isTakenOver()) ? true : null));
        first.signal("SIGCONT");
      }
      const ended = await until("the end of the job", endLimitMs, async () => await endedJob(store, job));
      // Woken, it believes that the job is still its own.
      first.signal("SIGCONT");
      await first.stop();
      await until("rest", restLimitMs, async () => ((await leftovers(redis, store.keys)).length === 0 ? true : null));
      const session = await store.records.loadBackendSession({ tenant: ended.tenant, id: ended.sessionId });
      const ledger = await readLedger(backend.url);
      const problems = problemsAfterCrash({
        before: ended,
        after: await endedJob(store, job),
        backendSessionId: session?.backendSessionId ?? null,
        ledger,
        events: receiver.events(),
        media: mediaOf[kind],
        sendsLate: point.how !== "kill" && (reached?.includes("/run_sse") ?? false),
      });
      return { point, reached, status: ended.status, problems };
    } catch (error) {
      const left = (await leftovers(redis, store.keys)).join(", ");
      const problem = `${error instanceof Error ? error.message : String(error)}; left: ${left}`;
      return {
        point,
        reached: crashIn(first.output()),
        status: "?",
        problems: [problem, ...workers.map((worker) => worker.output())],
      };
    } finally {
      first.signal("SIGCONT");
      for (const worker of workers) await worker.stop();
    }
  }

  return {
    run,
    /** How many points a job has that meets no crash. Differs a little from run to run, by how often a render was asked for. */
    async countPoints(): Promise<number> {
      const store = await openStore();
      const job = await submitJob(store);
      const worker = await startWorker(store, { at: 0, when: "before", how: "kill" });
      await until("the end of the job", endLimitMs, async () => await endedJob(store, job));
      await worker.stop();
      return Number(/"crashPoints":(\d+)/.exec(worker.output())?.[1]);
    },
    async close(): Promise<void> {
      redis.disconnect();
      await Promise.all([receiver.close(), pictures.close()]);
      await backend.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A picture at an address, for a job that names it by that. */
async function servePictures(): Promise<{ url: string; close: () => Promise<void> }> {
  const picture = await readFile(join(import.meta.dirname, "../../examples/pictures/2.jpg"));
  const server = createServer((_request, response) =>
    response.writeHead(200, { "content-type": "image/jpeg" }).end(picture),
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/2.jpg?signature=x`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function crashIn(output: string): string | null {
  return /"crashedAt":\d+,.*"point":"(.*)"\}/.exec(output)?.[1] ?? null;
}
