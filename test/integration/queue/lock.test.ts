import { pino } from "pino";
import { expect, it } from "vitest";
import { newId } from "../../../src/new-id.ts";
import { createLocks } from "../../../src/queue/lock.ts";
import { createPeriodic } from "../../../src/queue/periodic.ts";
import { openQueue } from "../../support/queue.ts";

const never = new AbortController().signal;

/** The locks of two processes of one service. */
function openTwo() {
  const queue = openQueue();
  const other = openQueue({ keys: queue.keys });
  return [createLocks({ ...queue, newId }), createLocks({ ...other, newId })] as const;
}

it("lets one process at a time do what must not be done twice, and the other after it", async () => {
  const [one, other] = openTwo();
  let working = 0;
  const seen: number[] = [];
  const work = async () => {
    working += 1;
    seen.push(working);
    await new Promise((resolve) => setTimeout(resolve, 20));
    working -= 1;
  };
  await Promise.all([one, other, one, other].map(async (locks) => await locks.withLock("work", work, never)));
  expect(seen).toEqual([1, 1, 1, 1]);
});

it("comes free by itself when its holder was killed", async () => {
  const queue = openQueue();
  const connection = queue.redis.duplicate();
  const held = Promise.withResolvers<void>();
  const hold = async () => {
    held.resolve();
    await new Promise(() => undefined);
  };
  void createLocks({ ...queue, redis: connection, newId }).withLock("work", hold, never);
  await held.promise;
  // As after a kill -9: nothing of it reaches Redis any more.
  connection.disconnect();
  const key = queue.keys.lock("work");
  const leftMs = await queue.redis.pttl(key);
  expect(leftMs).toBeGreaterThan(0);
  expect(leftMs).toBeLessThanOrEqual(15_000);
  // What time would do.
  await queue.redis.pexpire(key, 1);
  expect(await createLocks({ ...queue, newId }).withLock("work", async () => "done", never)).toBe("done");
});

it("leaves periodic work to the process that is at it", async () => {
  const [one, other] = openTwo();
  let rounds = 0;
  await one.withLock(
    "sweep",
    async () => {
      await other.tryLock("sweep", async () => void (rounds += 1));
      await other.tryLock("gates", async () => void (rounds += 10));
    },
    never,
  );
  expect(rounds).toBe(10);
  await other.tryLock("sweep", async () => void (rounds += 1));
  expect(rounds).toBe(11);
});

it("goes on with periodic work after a round that failed, and gives its lock back when it is stopped", async () => {
  const [locks, others] = openTwo();
  let rounds = 0;
  const second = Promise.withResolvers<void>();
  const work = async () => {
    rounds += 1;
    if (rounds === 1) throw new Error("broken");
    second.resolve();
  };
  const periodic = createPeriodic({ name: "sweep", everyMs: 5, work, locks, log: pino({ level: "silent" }) });
  periodic.start();
  await second.promise;
  await periodic.stop();
  let isFree = false;
  await others.tryLock("sweep", async () => void (isFree = true));
  expect(isFree).toBe(true);
});
