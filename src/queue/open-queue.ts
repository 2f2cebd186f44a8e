import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { NewId } from "../domain/id.ts";
import { createAdmission } from "./admission.ts";
import { connectRedis } from "./connection.ts";
import { createEventFeed } from "./event-feed.ts";
import { createFileRecords } from "./file-records.ts";
import { createIdempotency } from "./idempotency.ts";
import { createIdentityStore } from "./identity-store.ts";
import { createClaims } from "./job-claim.ts";
import { createGates } from "./gates.ts";
import { createJobControl } from "./job-control.ts";
import { createJobRecords } from "./job-record.ts";
import { createJobStore } from "./job-store.ts";
import { createKeys } from "./keys.ts";
import { createLocks } from "./lock.ts";
import { createMends } from "./mends.ts";
import { createPassOn } from "./pass-on.ts";
import { createQueues } from "./queues.ts";
import { checkRedis } from "./redis-check.ts";
import { createSessionStore } from "./session-store.ts";
import { createSettling } from "./settling.ts";
import { createSweeper } from "./sweeper.ts";

export type QueueSettings = {
  REDIS_URL: string;
  KEY_PREFIX: string;
  ADMISSION_WINDOW: number;
  TENANT_CAP: number;
  SWEEP_GRACE_MS: number;
  RETENTION_DAYS: number;
};

const idempotencyKeepS = 48 * 3600;
/** Short: a request that takes over makes what the first one would have made, under the same id. */
const idempotencyLeaseMs = 10_000;

/** Everything that is kept in Redis, once it has been checked that this Redis can be trusted with it. Waits for Redis. */
export async function openQueue(settings: QueueSettings, newId: NewId, log: Logger) {
  const onError = (error: Error): void => log.warn({ err: error }, "Redis connection");
  const connections: Redis[] = [];
  const connect = (patience: "patient" | "prompt"): Redis => {
    const connection = connectRedis(settings.REDIS_URL, patience, onError);
    connections.push(connection);
    return connection;
  };
  const redis = connect("patient");
  const { version, warnings } = await checkRedis(redis).catch((error: unknown) => {
    redis.disconnect();
    throw error;
  });
  log.info({ version }, "Redis is there");
  for (const warning of warnings) log.warn(warning);

  const keys = createKeys(settings.KEY_PREFIX);
  const now = Date.now;
  const retentionS = settings.RETENTION_DAYS * 24 * 3600;
  const queues = createQueues({ redis, keys, onError });
  const records = createJobRecords({ redis, keys, newId, now, retentionS });
  const gates = createGates({ redis, keys });
  const { ADMISSION_WINDOW: window, TENANT_CAP: tenantCap } = settings;
  const admission = createAdmission({ redis, keys, records, queues, gates, now, window, tenantCap });
  const passOn = createPassOn({ queues, admission });
  const control = createJobControl({ redis, keys, records, queues, passOn, newId, now });
  const sweeper = createSweeper({
    redis,
    keys,
    records,
    queues,
    admission,
    control,
    mends: createMends({ redis, keys }),
    now,
    log,
    graceMs: settings.SWEEP_GRACE_MS,
  });
  const locks = createLocks({ redis, keys, newId });
  const identities = createIdentityStore({ redis, keys, locks });

  const requests = connect("prompt");
  const requestGates = createGates({ redis: requests, keys });
  const requestRecords = createJobRecords({ redis: requests, keys, newId, now, retentionS });
  return {
    redis,
    keys,
    queues,
    records,
    gates,
    admission,
    passOn,
    locks,
    sweeper,
    settling: createSettling({ redis, keys }),
    control: createJobControl({ redis: requests, keys, records: requestRecords, queues, passOn, newId, now }),
    claims: createClaims({ redis, keys, records, newId, now }),
    identities,
    requestIdentities: {
      ...createIdentityStore({ redis: requests, keys, locks: createLocks({ redis: requests, keys, newId }) }),
      // A token that was granted is kept, however long that takes: it could not be had again for days.
      save: identities.save,
    },
    files: createFileRecords({ redis: requests, keys }),
    jobs: createJobStore({ redis: requests, keys, records: requestRecords }),
    sessions: createSessionStore({ redis: requests, keys, retentionS }),
    events: createEventFeed({ redis: requests, subscriber: connect("patient"), keys }),
    idempotency: createIdempotency({
      redis: requests,
      keys,
      now,
      keepS: idempotencyKeepS,
      leaseMs: idempotencyLeaseMs,
    }),
    operator: {
      gates: requestGates,
      openGate: createAdmission({
        redis: requests,
        keys,
        records: requestRecords,
        queues,
        gates: requestGates,
        now,
        window,
        tenantCap,
      }).openGate,
      mends: createMends({ redis: requests, keys }),
    },
    ping: async (): Promise<void> => {
      await requests.ping();
    },
    /** A connection for a worker, which blocks on it and closes it itself. */
    connect: (): Redis => connectRedis(settings.REDIS_URL, "patient", onError),
    async close(): Promise<void> {
      await queues.close();
      for (const connection of connections) connection.disconnect();
    },
  };
}

export type OpenQueue = Awaited<ReturnType<typeof openQueue>>;
