import { pino } from "pino";
import { expect, it } from "vitest";
import { protocolRecoveryTimings as timings } from "../../../src/domain/recovery.ts";
import { making } from "../../../src/domain/transition.ts";
import { createSettling } from "../../../src/queue/settling.ts";
import { createSessionSettler } from "../../../src/workers/session-settler.ts";
import { claimedJob, endJob } from "../../support/claimed-job.ts";
import { startBackend, TOKEN } from "../../support/local-backend.ts";
import { openQueue } from "../../support/queue.ts";
import { queuedJob } from "../../support/queued-job.ts";
import { connect } from "../../support/scripted-backend.ts";

const startMs = Date.UTC(2030, 0, 1);
const sent = {
  state: "sending",
  fingerprintBefore: "before",
  draftBeforeKey: null,
  sentAtMs: startMs,
  reply: null,
  recovery: null,
} as const;

/** A session whose job has ended while its message may be going on, and a settler that looks at it. `after(s)`: is it closed after so many seconds? */
async function settlingSession() {
  let nowMs = startMs;
  const local = await startBackend();
  const queue = openQueue({ now: () => nowMs });
  const { backend } = connect(local.url, { config: { token: TOKEN } });
  const job = queuedJob({ createdAtMs: nowMs });
  await queue.store.submit(job);
  const claim = await claimedJob(queue, job);
  const session = await backend.createSession({
    skill: job.skill,
    language: "en",
    signal: AbortSignal.timeout(10_000),
  });
  const { backendSessionId, taskId, identityId, userId } = session;
  await claim.update((running) => making(running, { message: sent }), { backendSessionId, taskId, identityId, userId });
  await endJob(claim);
  const settle = createSessionSettler({
    ...queue,
    backend,
    settling: createSettling(queue),
    timings,
    now: () => nowMs,
    log: pino({ level: "silent" }),
  });
  const isClosed = async () => (await queue.redis.zcard(queue.keys.settling)) > 0;
  return {
    queue,
    local,
    sessionId: job.sessionId,
    backendSessionId,
    freeze: async (times: number) =>
      await local.fault({
        endpoint: "credits",
        times,
        status: 200,
        body: { code: 0, data: { available: 0, frozen: 100, total: 100 } },
      }),
    after: async (seconds: number): Promise<"closed" | "open"> => {
      nowMs = startMs + seconds * 1_000;
      await settle();
      return (await isClosed()) ? "closed" : "open";
    },
  };
}

it("opens a session when two reads of its state, 60 s apart, agree and nothing is frozen", async () => {
  const { after, queue, sessionId } = await settlingSession();
  const next = queuedJob({ sessionId });
  await queue.store.submit(next);
  expect([await after(0), await after(59), await after(60)]).toEqual(["closed", "closed", "open"]);
  expect((await claimedJob(queue, next)).job.id).toBe(next.id);
});

it("keeps it closed as long as its state changes", async () => {
  const { after, local, backendSessionId } = await settlingSession();
  expect(await after(0)).toBe("closed");
  await local.say(backendSessionId, "Make a 1 second video. Resolution 64x36. City lights.");
  expect([await after(60), await after(120)]).toEqual(["closed", "open"]);
});

it("keeps it closed while credits are frozen that no other work explains", async () => {
  const { after, freeze } = await settlingSession();
  await freeze(2);
  expect([await after(0), await after(60), await after(1_200), await after(1_260)]).toEqual([
    "closed",
    "closed",
    "closed",
    "open",
  ]);
});

it("keeps it closed for 300 s where other work may have frozen them, since a generation can pause for longer than a minute", async () => {
  const { after, freeze, queue } = await settlingSession();
  await queue.store.submit(queuedJob());
  await queue.admission.kick();
  await freeze(100);
  expect([await after(0), await after(60), await after(299), await after(359)]).toEqual([
    "closed",
    "closed",
    "closed",
    "open",
  ]);
});

it("opens it after an hour, whatever is seen", async () => {
  const { after, freeze } = await settlingSession();
  await freeze(100);
  expect([await after(0), await after(3_600), await after(3_661)]).toEqual(["closed", "closed", "open"]);
});

it("opens it when the backend has dropped it", async () => {
  const { after, local, backendSessionId } = await settlingSession();
  await local.settings({ drop_session: backendSessionId });
  expect(await after(0)).toBe("open");
});

it("keeps it closed while the backend cannot be asked", async () => {
  const { after, local } = await settlingSession();
  expect(await after(0)).toBe("closed");
  await local.fault({ endpoint: "state", times: 10, status: 403 });
  expect(await after(60)).toBe("closed");
});
