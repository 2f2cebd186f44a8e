import closeWithGrace from "close-with-grace";
import { pino, type Logger } from "pino";
import { createApi } from "./api/app.ts";
import { createApiKeys } from "./api/authentication.ts";
import type { Backend } from "./backend-client/backend.ts";
import { connectBackend, readerOf } from "./backend-connection.ts";
import { readConfig, summaryOf, type Config } from "./config.ts";
import { newId } from "./new-id.ts";
import { createOutboundClient, type OutboundClient } from "./outbound/outbound-client.ts";
import { isRedisAway } from "./queue/connection.ts";
import { openQueue, type OpenQueue } from "./queue/open-queue.ts";
import { createPeriodic, type Periodic } from "./queue/periodic.ts";
import { connectStages, timingsOf } from "./stage-processing.ts";
import { createFolderStorage, type Storage } from "./storage/folder-storage.ts";
import { measureDurationMs } from "./storage/clip-duration.ts";
import { recogniseFile } from "./storage/file-kind.ts";
import { standardScheduleMs } from "./webhooks/retry-schedule.ts";
import { createWebhookSender } from "./webhooks/send.ts";
import { parseSecret } from "./webhooks/sign.ts";
import { createGatekeeper } from "./workers/gatekeeper.ts";
import { createSessionSettler } from "./workers/session-settler.ts";
import { startWorkers } from "./workers/supervisor.ts";
import { createWebhookDelivery } from "./workers/webhook-delivery.ts";

/** A caller waits for the answer, and many may do so at once. A session whose state is larger is shown as it was kept. */
const backendLimitsForCallers = { rateLimitRepeats: 0, maxAnswerBytes: 4 * 1024 * 1024 };

/** Until tenants are managed, the one API key belongs to this one. */
const tenant = "default";

export type Service = {
  /** Where the API listens; null in a process that only works. */
  url: string | null;
  /** Takes nothing new, lets short work end, and leaves the rest to whoever comes next. */
  stop(): Promise<void>;
};

/** Puts the service together and starts the parts that the role asks for. Waits for Redis. */
export async function startService(config: Config, log: Logger): Promise<Service> {
  const outbound = createOutboundClient({ allow: config.OUTBOUND_ALLOW });
  const queue = await openQueue(config, newId, log);
  const storage = await createFolderStorage({ dir: config.DATA_DIR });
  const parts: Parts = { config, queue, storage, outbound, log };
  const stops: (() => Promise<void>)[] = [];
  const url = config.ROLE === "worker" ? null : await startApi(parts, stops);
  if (config.ROLE !== "api") await startWork(parts, stops);
  log.info({ url, role: config.ROLE, config: summaryOf(config) }, "ready");
  return {
    url,
    async stop() {
      await Promise.all(stops.map(async (stop) => await stop()));
      await outbound.close();
      await queue.close();
    },
  };
}

type Parts = { config: Config; queue: OpenQueue; storage: Storage; outbound: OutboundClient; log: Logger };

async function startApi(parts: Parts, stops: (() => Promise<void>)[]): Promise<string> {
  const { config, queue, storage, outbound, log } = parts;
  // Whoever waits for an answer is told of a limit at once, instead of after the pause that jobs make.
  const backend = connectBackend({ ...parts, identityStore: queue.requestIdentities }, backendLimitsForCallers);
  const api = await createApi({
    logger: log,
    now: Date.now,
    newId,
    tenantOf: createApiKeys([{ key: config.API_KEY, tenant }]).tenantOf,
    jobs: queue.jobs,
    sessions: queue.sessions,
    backend: readerOf(backend),
    events: queue.events,
    files: queue.files,
    idempotency: queue.idempotency,
    storage,
    recogniseFile,
    measureDurationMs,
    checkUrl: outbound.checkUrl,
    checks: [{ name: "redis", check: queue.ping }],
    onAccepted: queue.admission.kick,
    control: queue.control,
    isUnavailable: isRedisAway,
    operator: config.OPERATOR_KEY === undefined ? null : { key: config.OPERATOR_KEY, ...queue.operator },
  });
  stops.push(async () => {
    await api.close();
    await backend.close();
  });
  return await api.listen({ host: config.HOST, port: config.PORT });
}

async function startWork(parts: Parts, stops: (() => Promise<void>)[]): Promise<void> {
  const { config, queue, outbound, log } = parts;
  const backend = connectBackend({ ...parts, identityStore: queue.identities });
  const subscriber = queue.connect();
  const processStage = connectStages(parts, backend, subscriber);
  const processWebhook = createWebhookDelivery({
    redis: queue.redis,
    keys: queue.keys,
    records: queue.records,
    sender: createWebhookSender({ outbound }),
    secrets: [parseSecret(config.WEBHOOK_SECRET)],
    scheduleMs: config.WEBHOOK_SCHEDULE_MS.length > 0 ? config.WEBHOOK_SCHEDULE_MS : standardScheduleMs,
    now: Date.now,
    random: Math.random,
    log,
  });
  const limits = { concurrency: config.WORKER_CONCURRENCY, lockMs: config.QUEUE_LOCK_MS, drainMs: config.DRAIN_MS };
  const workers = startWorkers({ connect: queue.connect, keys: queue.keys, processStage, processWebhook, log, limits });
  const periodic = periodicWork(parts, backend);
  for (const { start } of periodic) start();
  stops.push(async () => {
    await Promise.all(periodic.map(async ({ stop }) => await stop()));
    await workers.stop();
    await backend.close();
    subscriber.disconnect();
  });
}

/** What some process has to look after all the time: leftovers of crashes, in Redis and in files, closed gates, sessions that settle. */
function periodicWork({ config, queue, storage, log }: Parts, backend: Backend): Periodic[] {
  const { gates, admission, records, settling, sweeper, locks } = queue;
  const now = Date.now;
  const lookAtGates = createGatekeeper({
    backend,
    gates,
    admission,
    now,
    probeEveryMs: config.PROBE_MS,
    creditsPollMs: config.CREDITS_POLL_MS,
    log,
  });
  const timings = timingsOf(config).recovery;
  const settleSessions = createSessionSettler({ backend, records, settling, admission, timings, now, log });
  const works = {
    sweep: sweeper.sweep,
    gates: lookAtGates,
    settle: settleSessions,
    temporary: storage.removeStaleTemporary,
  };
  return Object.entries(works).map(([name, work]) =>
    createPeriodic({ name, work, everyMs: config.SWEEP_MS, locks, log }),
  );
}

async function main(): Promise<void> {
  const config = readConfig();
  const log = pino({ level: config.LOG_LEVEL, base: { role: config.ROLE } });
  const service = await startService(config, log);
  closeWithGrace({ delay: config.DRAIN_MS + 10_000, logger: log }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, "stopping after an error that nothing caught");
    else log.info({ signal }, "stopping");
    await service.stop();
  });
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
