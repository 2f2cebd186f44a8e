import { expect, it } from "vitest";
import { runChaos } from "../support/chaos/run.ts";
import { newSeed } from "../support/seeded-random.ts";

/** To draw the same injuries again. `npm run chaos` runs for longer. */
const seed = Number(process.env["CHAOS_SEED"] ?? newSeed());

it(`keeps its promises while everything breaks for a minute (CHAOS_SEED=${seed})`, { timeout: 300_000 }, async () => {
  const report = await runChaos({
    seed,
    chaosMs: 60_000,
    jobs: 60,
    log: () => undefined,
    keepFiles: false,
    cancelShare: 0.1,
    retryShare: 0.5,
  });
  expect(report.breaches).toEqual([]);
  expect(report.jobs).toBeGreaterThanOrEqual(60);
  const injuries = Object.entries(report.counts).filter(([what]) =>
    /^(?:kill|freeze|restart|cut|drop|refuse)/.test(what),
  );
  expect(injuries.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(10);
});
