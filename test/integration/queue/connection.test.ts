import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { findFreePort } from "../../../scripts/redis-server.ts";
import { connectRedis, isRedisAway } from "../../../src/queue/connection.ts";
import { createKeys } from "../../../src/queue/keys.ts";
import { createQueues } from "../../../src/queue/queues.ts";
import { redisUrl, testPrefix } from "../../support/redis.ts";

const limitMs = 2_000;

function connect(patience: "patient" | "prompt"): Redis {
  const redis = connectRedis(redisUrl(), patience, () => undefined);
  onTestFinished(() => redis.disconnect());
  return redis;
}

/** How long a connection waits before each of its attempts, from the first to the thousandth. */
function delaysOf({ options: { retryStrategy } }: Pick<Redis, "options">): (number | void | null | undefined)[] {
  return [1, 2, 3, 5, 10, 20, 100, 1_000].map((attempt) => retryStrategy?.(attempt));
}

describe("after an outage", () => {
  it.each(["patient", "prompt"] as const)(
    "a %s connection is tried again ever more slowly, and every 2 s at least",
    (patience) => {
      const delays = delaysOf(connect(patience));
      expect(delays).toEqual([100, 200, 400, 1_600, limitMs, limitMs, limitMs, limitMs]);
    },
  );

  it("so are the connections that BullMQ makes of ours", async () => {
    const keys = createKeys(testPrefix());
    const ours = connect("patient");
    // A worker blocks on a connection of its own, which it makes of the one that it is given.
    const duplicate = vi.spyOn(ours, "duplicate");
    const options = { connection: ours, prefix: keys.bullPrefix, autorun: false };
    const worker = new Worker("upload", async () => undefined, options);
    const queues = createQueues({ redis: ours, keys, onError: () => undefined });
    onTestFinished(async () => {
      await worker.close();
      await queues.close();
    });
    await worker.waitUntilReady();
    const made = duplicate.mock.results.map(({ value }) => value as Redis);
    expect(made).not.toEqual([]);
    for (const connection of made) expect(delaysOf(connection)).toEqual(delaysOf(ours));
  });

  it("commands on a patient connection wait, and those on a prompt one fail", async () => {
    const port = await findFreePort();
    const outcome = async (patience: "patient" | "prompt") => {
      const redis = connectRedis(`redis://127.0.0.1:${port}`, patience, () => undefined);
      onTestFinished(() => redis.disconnect());
      return await redis.get("key").catch((error: unknown) => (isRedisAway(error) ? "away" : error));
    };
    const first = await Promise.race([outcome("patient"), outcome("prompt").then((seen) => ["prompt", seen])]);
    expect(first).toEqual(["prompt", "away"]);
  });
});
