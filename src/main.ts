import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import closeWithGrace from "close-with-grace";
import { pino, type Logger } from "pino";
import { createApi } from "./api/app.ts";
import { createApiKeys } from "./api/authentication.ts";
import { platformOf } from "./backend-client/attribution.ts";
import { createBackend, type Backend } from "./backend-client/backend.ts";
import { systemClock } from "./backend-client/clock.ts";
import { backendLimits } from "./backend-client/limits.ts";
import { readConfig, summaryOf, type Config } from "./config.ts";
import { newId } from "./new-id.ts";
import { createOutboundClient, type OutboundClient } from "./outbound/outbound-client.ts";
import { openQueue, type OpenQueue } from "./queue/open-queue.ts";
import { createFolderStorage, type Storage } from "./storage/folder-storage.ts";
import { recogniseFile } from "./storage/file-kind.ts";
import { standardScheduleMs } from "./webhooks/retry-schedule.ts";
import { createWebhookSender } from "./webhooks/send.ts";
import { parseSecret } from "./webhooks/sign.ts";
import { createExportStage } from "./workers/export-stage.ts";
import { createGenerateStage } from "./workers/generate-stage.ts";
import { createStageProcessor } from "./workers/stage-processor.ts";
import { startWorkers } from "./workers/supervisor.ts";
import type { Timings } from "./workers/timings.ts";
import { createUploadStage } from "./workers/upload-stage.ts";
import { createWebhookDelivery } from "./workers/webhook-delivery.ts";

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

async function startApi(
  { config, queue, storage, outbound, log }: Parts,
  stops: (() => Promise<void>)[],
): Promise<string> {
  const api = await createApi({
    logger: log,
    now: Date.now,
    newId,
    tenantOf: createApiKeys([{ key: config.API_KEY, tenant }]).tenantOf,
    jobs: queue.jobs,
    events: queue.events,
    files: queue.files,
    idempotency: queue.idempotency,
    storage,
    recogniseFile,
    checkUrl: outbound.checkUrl,
    checks: [{ name: "redis", check: queue.ping }],
    onAccepted: queue.admission.kick,
  });
  stops.push(async () => await api.close());
  return await api.listen({ host: config.HOST, port: config.PORT });
}

async function startWork(
  { config, queue, storage, outbound, log }: Parts,
  stops: (() => Promise<void>)[],
): Promise<void> {
  const backend = createBackendOf(config, queue, outbound, log);
  const shared = { backend, storage, files: queue.files, timings: timingsOf(config), newId, now: Date.now, log };
  const monotonicNow = () => performance.now();
  const processStage = createStageProcessor({
    claims: queue.claims,
    queues: queue.queues,
    admission: queue.admission,
    stages: {
      upload: createUploadStage(shared),
      generate: createGenerateStage({ ...shared, monotonicNow, hasOtherWork: queue.admission.hasOtherWork }),
      export: createExportStage(shared),
    },
    retryMs: config.RETRY_MS,
    newId,
    now: Date.now,
    log,
  });
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
  queue.sweeper.start();
  stops.push(async () => {
    await queue.sweeper.stop();
    await workers.stop();
    await backend.close();
  });
}

function createBackendOf(config: Config, queue: OpenQueue, outbound: OutboundClient, log: Logger): Backend {
  const platform = platformOf({ setting: config.SKILL_SOURCE, installPath: import.meta.dirname, homeDir: homedir() });
  return createBackend({
    config: {
      baseUrl: config.NEMO_API_URL,
      webUrl: config.NEMO_WEB_URL,
      token: config.NEMO_TOKEN,
      clientId: config.NEMO_CLIENT_ID,
      platform,
    },
    identityStore: queue.identities,
    publicGet: outbound.get,
    newClientId: randomUUID,
    clock: systemClock,
    limits: backendLimits,
    log,
  });
}

function timingsOf(config: Config): Timings {
  return {
    pollEveryMs: config.EXPORT_POLL_MS,
    renderDeadlineMs: config.RENDER_DEADLINE_MS,
    retryMs: config.RETRY_MS,
    recovery: {
      firstReadMs: config.RECOVERY_FIRST_READ_MS,
      readEveryMs: config.RECOVERY_READ_MS,
      quietMs: config.RECOVERY_QUIET_MS,
    },
  };
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
