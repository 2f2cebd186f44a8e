import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { jobIdSchema } from "../../../src/domain/id.ts";
import { hasEnded, type EndedJob } from "../../../src/domain/job.ts";
import { newId } from "../../../src/new-id.ts";
import { connectRedis } from "../../../src/queue/connection.ts";
import { createJobRecords } from "../../../src/queue/job-record.ts";
import { createKeys } from "../../../src/queue/keys.ts";
import { startEventReceiver } from "../event-receiver.ts";
import { readLedger, type Ledger } from "../ledger.ts";
import { leftovers } from "../leftovers.ts";
import { seededRandom, type SeededRandom } from "../seeded-random.ts";
import { misbehave } from "./backend-faults.ts";
import { hurtStack, type Tally } from "./injuries.ts";
import { submitLoad, type AcceptedJob } from "./load.ts";
import { keyPrefix, startChaosStack, type ChaosStack } from "./stack.ts";
import { createStubbornClient, type StubbornClient } from "./stubborn-client.ts";
import { breachesIn } from "./verdict.ts";

export type ChaosOptions = {
  seed: number;
  /** How long things are broken; submitting takes the first two thirds of it. */
  chaosMs: number;
  jobs: number;
  log: (line: string) => void;
  /** Keep the logs of all processes, and say where. */
  keepFiles: boolean;
  cancelShare: number;
  retryShare: number;
};

export type ChaosReport = {
  breaches: string[];
  /** How often each thing was done to the stack, or seen in the end. */
  counts: Record<string, number>;
  jobs: number;
};

/** After the last injury, all jobs must have ended within this; what is left by then is stuck. */
const settleLimitMs = 120_000;
const restLimitMs = 30_000;
/** Of 100 webhooks the receiver refuses so many. */
const refusedShare = 0.1;

/** Breaks everything that can break for a while, lets it settle, and says which promises were broken. */
export async function runChaos({
  seed,
  chaosMs,
  jobs,
  log,
  keepFiles,
  cancelShare,
  retryShare,
}: ChaosOptions): Promise<ChaosReport> {
  const dir = await mkdtemp(join(tmpdir(), "reelay-chaos-"));
  const breaches: string[] = [];
  const counts: Record<string, number> = {};
  const tally = { note: (what: string) => void (counts[what] = (counts[what] ?? 0) + 1) };
  const randomFor = (purpose: string) => seededRandom(seed, purpose);
  const refusals = randomFor("receiver");
  const receiver = await startEventReceiver(() => (refusals.chance(refusedShare) ? 503 : 204));
  const stack = await startChaosStack(dir, (what) => void breaches.push(what));
  const giveUp = AbortSignal.timeout(chaosMs + settleLimitMs);
  try {
    const client = createStubbornClient(stack.apiUrl, tally, giveUp);
    const picture = new Blob([await readFile(join(import.meta.dirname, "../../../examples/pictures/1.jpg"))]);
    const fileId = await client.upload("chaos-file", picture, "1.jpg");
    log(`seed ${seed}: ${jobs} jobs, hurt for ${chaosMs / 1000} s; logs in ${dir}`);

    const hurting = AbortSignal.any([AbortSignal.timeout(chaosMs), giveUp]);
    const [load] = await Promise.all([
      submitLoad({
        client,
        random: randomFor("load"),
        jobs,
        spreadMs: (chaosMs * 2) / 3,
        webhookUrl: receiver.url,
        fileId,
        cancelShare,
        retryShare,
      }),
      hurtStack(stack, randomFor, tally, hurting),
      misbehave(stack.backendUrl, randomFor("faults"), tally, hurting),
      pauseSends(client, randomFor("operator"), tally, hurting),
    ]);
    log(`${load.accepted.length} jobs accepted; letting it settle`);
    const accepted = [...load.accepted, ...(await load.retries)];
    breaches.push(...(await settle(stack, accepted)));
    for (const { id, request, retryOf, isResend } of accepted) {
      const again = await client.accept(request);
      if (again?.id !== id) breaches.push(`${request.key} made ${id}, and then ${again?.id ?? "none"}`);
      if (retryOf !== null) tally.note(isResend ? "retry that may send again" : "retry");
    }
    const records = await recordsOf(stack);
    const ledger = await readLedger(stack.backendUrl);
    breaches.push(...breachesIn({ accepted, ...records, ledger, events: receiver.events() }));
    if (receiver.forged() > 0) breaches.push(`${receiver.forged()} webhooks did not verify`);
    for (const { id, mark } of accepted) tally.note(endOf(records.records.get(id) ?? null, mark, ledger));
    for (const { endpoint } of ledger.faults) tally.note(`fault met at ${endpoint}`);
    return { breaches, counts, jobs: accepted.length };
  } finally {
    await stack.stop();
    await receiver.close();
    if (!keepFiles) await rm(dir, { recursive: true, force: true });
  }
}

/** An operator's kill switch, now and then. */
async function pauseSends(
  client: StubbornClient,
  random: SeededRandom,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(random.between(5_000, 15_000), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    tally.note("pause all sends");
    await client.operate("pause");
    await sleep(random.between(500, 3_000));
    await client.operate("resume");
  }
}

/** Waits until every job has ended, and then until nothing is left of the work. What does not come to pass is a breach. */
async function settle(stack: ChaosStack, accepted: AcceptedJob[]): Promise<string[]> {
  const deadline = Date.now() + settleLimitMs;
  for (;;) {
    const { records } = await recordsOf(stack);
    const open = accepted.filter(({ id }) => !records.get(id));
    if (open.length === 0) break;
    if (Date.now() > deadline) break;
    await sleep(500);
  }
  const restDeadline = Date.now() + restLimitMs;
  for (;;) {
    const left = await withRedis(stack, async (redis) => await leftovers(redis, createKeys(keyPrefix)));
    if (left.length === 0) return [];
    if (Date.now() > restDeadline) return [`left behind: ${left.join(", ")}`];
    await sleep(300);
  }
}

/** How a job ended, in words. Of those that ended as unknown, some had their message carried out after it was given up. */
function endOf(job: EndedJob | null, mark: string | null, { messages }: Ledger): string {
  if (job === null) return "job not ended";
  if (job.status !== "failed") return `job ${job.status}`;
  if (job.error.code !== "outcome_unknown") return `job failed ${job.error.code}`;
  const isReceived = mark !== null && messages.some(({ text }) => text.includes(mark));
  return `job failed outcome_unknown, its message ${isReceived ? "was" : "never"} received`;
}

async function recordsOf(stack: ChaosStack) {
  return await withRedis(stack, async (redis) => {
    const keys = createKeys(keyPrefix);
    const jobRecords = createJobRecords({ redis, keys, newId, now: Date.now, retentionS: 1_000 });
    const tenant = "default";
    const ids = await redis.zrange(keys.index(tenant, "all"), "0", "-1");
    const records = new Map<string, EndedJob | null>();
    const backendSessions = new Map<string, string>();
    const sequences = new Map<string, number>();
    for (const id of ids) {
      const stored = await jobRecords.load({ tenant, id: jobIdSchema.parse(id) });
      if (stored === null) continue;
      records.set(id, hasEnded(stored.job) ? stored.job : null);
      sequences.set(id, Number(await redis.hget(keys.job({ tenant, id: stored.job.id }), "sequence")));
      const session = await jobRecords.loadBackendSession({ tenant, id: stored.job.sessionId });
      if (session !== null) backendSessions.set(stored.job.sessionId, session.backendSessionId);
    }
    return { records, backendSessions, sequences };
  });
}

async function withRedis<Result>(
  stack: ChaosStack,
  use: (redis: ReturnType<typeof connectRedis>) => Promise<Result>,
): Promise<Result> {
  const redis = connectRedis(stack.redisUrl(), "patient", () => undefined);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
