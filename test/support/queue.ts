import { pino } from "pino";
import { onTestFinished } from "vitest";
import type { NewId } from "../../src/domain/id.ts";
import { newId } from "../../src/new-id.ts";
import { createAdmission } from "../../src/queue/admission.ts";
import { connectRedis } from "../../src/queue/connection.ts";
import { createClaims } from "../../src/queue/job-claim.ts";
import { createGates } from "../../src/queue/gates.ts";
import { createJobControl } from "../../src/queue/job-control.ts";
import { createJobRecords } from "../../src/queue/job-record.ts";
import { createJobStore } from "../../src/queue/job-store.ts";
import { createKeys, type Keys } from "../../src/queue/keys.ts";
import { createMends } from "../../src/queue/mends.ts";
import { createPassOn } from "../../src/queue/pass-on.ts";
import { createQueues } from "../../src/queue/queues.ts";
import { createSessionStore } from "../../src/queue/session-store.ts";
import { createSweeper } from "../../src/queue/sweeper.ts";
import { redisUrl, testPrefix } from "./redis.ts";

const retentionS = 1_000;
const silent = pino({ level: "silent" });

export type QueueOptions = {
  window?: number;
  tenantCap?: number;
  ids?: NewId;
  url?: string;
  keys?: Keys;
  now?: () => number;
};

/** The queue side of the service, on keys of its own unless given those of another; closed when the test ends. */
export function openQueue({
  window = 100,
  tenantCap = 100,
  ids = newId,
  url = redisUrl(),
  keys = createKeys(testPrefix()),
  now = Date.now,
}: QueueOptions = {}) {
  const redis = connectRedis(url, "patient", () => undefined);
  const records = createJobRecords({ redis, keys, newId: ids, now, retentionS });
  const queues = createQueues({ redis, keys, onError: () => undefined });
  const gates = createGates({ redis, keys });
  const admission = createAdmission({ redis, keys, records, queues, gates, now, window, tenantCap });
  const passOn = createPassOn({ queues, admission });
  const control = createJobControl({ redis, keys, records, queues, passOn, newId: ids, now });
  const mends = createMends({ redis, keys });
  onTestFinished(async () => {
    await queues.close();
    await redis.quit();
  });
  return {
    redis,
    keys,
    records,
    queues,
    gates,
    admission,
    passOn,
    control,
    mends,
    store: createJobStore({ redis, keys, records }),
    sessions: createSessionStore({ redis, keys, retentionS }),
    claims: createClaims({ redis, keys, records, newId: ids, now }),
    sweeper: createSweeper({
      redis,
      keys,
      records,
      queues,
      admission,
      control,
      mends,
      now,
      log: silent,
      graceMs: 0,
    }),
  };
}
