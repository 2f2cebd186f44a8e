/**
 * What letting jobs in costs, by the length of the backlog: `node bench/admission.ts`. Both backlogs are measured in turn in the same
 * run, on a private Redis; the ratio is what counts, as absolute times depend on the machine.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provideRedis } from "../scripts/redis.ts";
import { newId } from "../src/new-id.ts";
import { createAdmission } from "../src/queue/admission.ts";
import { connectRedis } from "../src/queue/connection.ts";
import { createGates } from "../src/queue/gates.ts";
import { createJobRecords } from "../src/queue/job-record.ts";
import { createJobStore } from "../src/queue/job-store.ts";
import { createKeys } from "../src/queue/keys.ts";
import { createQueues } from "../src/queue/queues.ts";
import { queuedJob } from "../test/support/queued-job.ts";

const backlogs = [1_000, 50_000];
const rounds = 30;
const letInPerRound = 16;
const submitsAtOnce = 500;

const dir = await mkdtemp(join(tmpdir(), "reelay-bench-"));
const server = await provideRedis({ dataDir: dir, log: console.log });
const redis = connectRedis(server.url, "patient", console.error);
const medians = [];
try {
  const sides = [];
  for (const backlog of backlogs) sides.push(await prepare(backlog));
  for (let round = 0; round < rounds; round++) for (const side of sides) await side.letIn();
  for (const { backlog, tookMs } of sides) {
    const median = tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length / 2)] ?? 0;
    medians.push(median);
    console.log(`backlog ${backlog}: ${median.toFixed(2)} ms to let ${letInPerRound} jobs in (median of ${rounds})`);
  }
  console.log(`ratio ${((medians[1] ?? 0) / (medians[0] ?? 1)).toFixed(2)}`);
  for (const { close } of sides) await close();
} finally {
  redis.disconnect();
  await server.close();
  await rm(dir, { recursive: true, force: true });
}

async function prepare(backlog: number) {
  const keys = createKeys(`bench-${backlog}`);
  const records = createJobRecords({ redis, keys, newId, now: Date.now, retentionS: 3_600 });
  const store = createJobStore({ redis, keys, records });
  const queues = createQueues({ redis, keys, onError: console.error });
  const gates = createGates({ redis, keys });
  for (let done = 0; done < backlog; done += submitsAtOnce) {
    await Promise.all(
      Array.from(
        { length: submitsAtOnce },
        async () => await store.submit(queuedJob({ tenant: `tenant-${Math.floor(Math.random() * 10)}` })),
      ),
    );
  }
  const tookMs: number[] = [];
  let window = 0;
  return {
    backlog,
    tookMs,
    async letIn(): Promise<void> {
      window += letInPerRound;
      const deps = { redis, keys, records, queues, gates, now: Date.now, window, tenantCap: backlog };
      const admission = createAdmission(deps);
      const beganMs = performance.now();
      await admission.kick();
      tookMs.push(performance.now() - beganMs);
    },
    close: queues.close,
  };
}
