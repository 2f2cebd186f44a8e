/**
 * Kills, and freezes, a worker at every point of a `video` job: `npm run crash-points [-- --job plain|rich] [--only kill|stop|nap] [--from k] [--to k]`.
 * Takes half an hour. Exits with 1 when anything was lost, paid twice or orphaned.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { crashJobKinds } from "../test/support/crash-job.ts";
import { startCrashRig, type CrashPoint, type CrashRun } from "../test/support/crash-rig.ts";
import { provideRedis } from "./redis.ts";

/** Two cores: while one run waits, others work. */
const atOnce = 4;

const { values } = parseArgs({
  options: {
    job: { type: "string", default: "plain" },
    only: { type: "string" },
    from: { type: "string", default: "1" },
    to: { type: "string" },
  },
});
const kind = crashJobKinds.find((one) => one === values.job);
if (kind === undefined) throw new Error(`--job is one of ${crashJobKinds.join(", ")}`);
const dataDir = await mkdtemp(join(tmpdir(), "reelay-crash-redis-"));
const redis = await provideRedis({ dataDir, log: console.log });
const rig = await startCrashRig({ redisUrl: redis.url, kind });
try {
  const last = values.to === undefined ? await rig.countPoints() : Number(values.to);
  const points = allPoints(Number(values.from), last).filter(
    ({ how }) => values.only === undefined || how === values.only,
  );
  console.log(`${points.length} runs, up to point ${last}`);
  const runs = await runAll(points);
  const bad = runs.filter(({ problems }) => problems.length > 0);
  const unknown = runs.filter(({ status }) => status === "failed");
  console.log(`${runs.length} runs, ${bad.length} with problems, ${unknown.length} jobs ended as outcome_unknown`);
  if (bad.length > 0) process.exitCode = 1;
} finally {
  await rig.close();
  await redis.close();
  await rm(dataDir, { recursive: true, force: true });
}

function allPoints(from: number, to: number): CrashPoint[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index).flatMap((at) =>
    (["kill", "stop", "nap"] as const).flatMap((how) =>
      (["before", "after"] as const).map((when) => ({ at, when, how })),
    ),
  );
}

async function runAll(points: CrashPoint[]): Promise<CrashRun[]> {
  const left = points.values();
  const runs: CrashRun[] = [];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const point of left) {
        const run = await rig.run(point);
        runs.push(run);
        console.log(`${point.how} ${point.when} ${point.at} ${run.status}: ${run.reached ?? "not reached"}`);
        for (const problem of run.problems) console.log(`  !! ${problem}`);
      }
    }),
  );
  return runs;
}
