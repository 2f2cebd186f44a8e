import { expect, it, onTestFinished } from "vitest";
import { crashJobKinds } from "../support/crash-job.ts";
import { startCrashRig, type CrashPoint, type CrashRun } from "../support/crash-rig.ts";
import { redisUrl } from "../support/redis.ts";
import { newSeed, seededRandom } from "../support/seeded-random.ts";

/** How long new runs of each kind are begun; `npm run crash-points` does every point. */
const sampleForMs = 40_000;
const atOnce = 3;

/** To draw the same points again. */
const seed = Number(process.env["CRASH_SEED"] ?? newSeed());

it.each(crashJobKinds)(
  `loses nothing and pays once wherever a worker is killed or frozen: a %s job (CRASH_SEED=${seed})`,
  async (kind) => {
    const rig = await startCrashRig({ redisUrl: redisUrl(), kind });
    onTestFinished(rig.close);
    const random = seededRandom(seed, `crash points of a ${kind} job`);
    const beginUntilMs = Date.now() + sampleForMs;
    const last = await rig.countPoints();
    const runs: CrashRun[] = [];
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (Date.now() < beginUntilMs) {
          const point: CrashPoint = {
            at: random.between(1, last),
            when: random.pick(["before", "after"]),
            how: random.pick(["kill", "stop", "nap"]),
          };
          runs.push(await rig.run(point));
        }
      }),
    );
    expect(last).toBeGreaterThan(30);
    expect(runs.filter(({ reached }) => reached !== null).length).toBeGreaterThan(runs.length / 2);
    expect(runs.filter(({ problems }) => problems.length > 0)).toEqual([]);
  },
);
