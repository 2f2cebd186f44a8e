import { expect, it } from "vitest";
import { createIdempotency } from "../../../src/queue/idempotency.ts";
import { openQueue } from "../../support/queue.ts";

const entry = { tenant: "default", route: "POST /v1/jobs", key: "order-17", fingerprint: "aa" };

function open() {
  const { redis, keys } = openQueue();
  const clock = { nowMs: 1_000_000 };
  return {
    redis,
    keys,
    clock,
    idempotency: createIdempotency({ redis, keys, now: () => clock.nowMs, keepS: 100, leaseMs: 60_000 }),
  };
}

it("runs a request once and replays its answer", async () => {
  const { idempotency } = open();
  expect(await idempotency.reserve({ ...entry, resourceId: "job_1" })).toEqual({ state: "run", resourceId: "job_1" });
  expect(await idempotency.reserve({ ...entry, resourceId: "job_2" })).toEqual({ state: "in_flight" });
  await idempotency.settle(entry, { status: 202, body: "{}", location: null });
  expect(await idempotency.reserve({ ...entry, resourceId: "job_3" })).toEqual({
    state: "replay",
    answer: { status: 202, body: "{}", location: null },
  });
});

it("refuses the key for another body", async () => {
  const { idempotency } = open();
  await idempotency.reserve({ ...entry, resourceId: "job_1" });
  expect(await idempotency.reserve({ ...entry, fingerprint: "bb", resourceId: "job_2" })).toEqual({
    state: "mismatch",
  });
});

it("keeps tenants, routes and keys apart", async () => {
  const { idempotency } = open();
  await idempotency.reserve({ ...entry, resourceId: "job_1" });
  const others = [{ tenant: "acme" }, { route: "POST /v1/files" }, { key: "order-18" }];
  for (const other of others) {
    expect(await idempotency.reserve({ ...entry, ...other, resourceId: "job_2" })).toMatchObject({ state: "run" });
  }
});

it("lets a request take over after a crash, under the id that the first one had", async () => {
  const { idempotency, clock } = open();
  await idempotency.reserve({ ...entry, resourceId: "job_1" });
  clock.nowMs += 60_001;
  expect(await idempotency.reserve({ ...entry, resourceId: "job_2" })).toEqual({ state: "run", resourceId: "job_1" });
  expect(await idempotency.reserve({ ...entry, resourceId: "job_3" })).toEqual({ state: "in_flight" });
});

it("frees a key under which nothing was made", async () => {
  const { idempotency } = open();
  await idempotency.reserve({ ...entry, resourceId: "job_1" });
  await idempotency.release(entry);
  expect(await idempotency.reserve({ ...entry, fingerprint: "bb", resourceId: "job_2" })).toEqual({
    state: "run",
    resourceId: "job_2",
  });
});

it("keeps the answer of a request that took over, whatever becomes of the first one", async () => {
  const { idempotency } = open();
  await idempotency.reserve({ ...entry, resourceId: "job_1" });
  await idempotency.settle(entry, { status: 202, body: "{}", location: null });
  await idempotency.release(entry);
  expect(await idempotency.reserve({ ...entry, resourceId: "job_2" })).toMatchObject({ state: "replay" });
});

it("pins the id of a key that was taken over, whichever of the two requests fails", async () => {
  const { idempotency, clock, redis, keys } = open();
  await idempotency.reserve({ ...entry, resourceId: "job_1" });
  clock.nowMs += 60_001;
  await idempotency.reserve({ ...entry, resourceId: "job_2" });
  // The second one fails, and cannot know that the first one has made, or still makes, the job.
  await idempotency.release(entry);
  expect(await idempotency.reserve({ ...entry, resourceId: "job_3" })).toEqual({ state: "run", resourceId: "job_1" });

  await idempotency.release(entry);
  await idempotency.settle(entry, { status: 202, body: "{}", location: null });
  expect(await idempotency.reserve({ ...entry, resourceId: "job_4" })).toMatchObject({ state: "replay" });
  for (const key of await redis.keys(`${keys.base}idempotency:*`)) expect(await redis.ttl(key)).toBeGreaterThan(0);
});
