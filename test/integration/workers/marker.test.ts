import { pino } from "pino";
import { expect, it } from "vitest";
import { protocolRecoveryTimings } from "../../../src/domain/recovery.ts";
import { createFolderStorage } from "../../../src/storage/folder-storage.ts";
import { createGenerateStage } from "../../../src/workers/generate-stage.ts";
import { claimedJob } from "../../support/claimed-job.ts";
import { startBackend, TOKEN } from "../../support/local-backend.ts";
import { openQueue } from "../../support/queue.ts";
import { queuedJob } from "../../support/queued-job.ts";
import { connect } from "../../support/scripted-backend.ts";
import { tempFolder } from "../../support/temp-folder.ts";

/** A generate stage in a process that is frozen for so long between the beginning of its marker and its message. */
async function runFrozenFor(frozenMs: number) {
  const local = await startBackend();
  const queue = openQueue();
  const job = queuedJob({ type: "generate", plan: ["generate"] });
  await queue.store.submit(job);
  const claim = await claimedJob(queue, job);
  let monotonicMs = 0;
  const stage = createGenerateStage({
    backend: connect(local.url, { config: { token: TOKEN } }).backend,
    storage: await createFolderStorage({ dir: await tempFolder() }),
    timings: {
      pollEveryMs: 1_000,
      renderDeadlineMs: 1_000,
      retryMs: 1_000,
      newsEveryMs: 1_000,
      recovery: protocolRecoveryTimings,
    },
    languages: { ofVideo: async () => "en", ofCaller: async () => "en" },
    hasOtherWork: async () => false,
    gates: queue.gates,
    now: Date.now,
    // Each look at the clock finds it so much later.
    monotonicNow: () => (monotonicMs += frozenMs),
    log: pino({ level: "silent" }),
  });
  const outcome = await stage(claim, new AbortController().signal);
  return { outcome, message: claim.job.made.message, sent: (await local.ledger("message")).length };
}

it("sends within five seconds of having begun to write the marker", async () => {
  expect(await runFrozenFor(5_000)).toMatchObject({ outcome: { kind: "done" }, sent: 1 });
});

it("does not send later than that, since the message may have been given up: it takes the marker back and begins anew", async () => {
  expect(await runFrozenFor(5_001)).toEqual({ outcome: { kind: "again", afterMs: 0 }, message: null, sent: 0 });
});
