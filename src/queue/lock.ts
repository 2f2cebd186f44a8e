import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { NewId } from "../domain/id.ts";
import type { Keys } from "./keys.ts";
import { loadScript } from "./script.ts";

/** A holder that stops renewing, because it crashed, blocks the others this long at most. */
const leaseMs = 15_000;
const retryEveryMs = 100;

/**
 * Mutual exclusion between processes, for work that is wasteful to do twice. It is not a fence: a process frozen for longer than
 * the lease goes on without it, so nothing may depend on it for being correct.
 */
export function createLocks({ redis, keys, newId }: { redis: Redis; keys: Keys; newId: NewId }) {
  const extendScript = loadScript(redis, "extend");

  async function take(key: string, holder: string): Promise<boolean> {
    // It may be ours already: a lost reply makes the client send the command again.
    return (await redis.set(key, holder, "PX", leaseMs, "NX")) === "OK" || (await redis.get(key)) === holder;
  }

  async function acquire(key: string, holder: string, signal: AbortSignal): Promise<void> {
    while (!(await take(key, holder))) {
      await sleep(retryEveryMs, undefined, { signal });
    }
  }

  /** Runs `work` while no other process runs any under that name, however long it takes. Rejects when `signal` aborts the wait. */
  async function withLock<Result>(name: string, work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const key = keys.lock(name);
    const holder = newId("op");
    await acquire(key, holder, signal);
    return await workHolding(key, holder, work);
  }

  async function workHolding<Result>(key: string, holder: string, work: () => Promise<Result>): Promise<Result> {
    const renewal = setInterval(() => void extendScript([key], [holder, leaseMs]).catch(() => undefined), leaseMs / 3);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      await extendScript([key], [holder, 0]);
    }
  }

  /** Runs `work` unless another process runs some under that name: then that one does it. */
  async function tryLock(name: string, work: () => Promise<void>): Promise<void> {
    const key = keys.lock(name);
    const holder = newId("op");
    if (await take(key, holder)) await workHolding(key, holder, work);
  }

  return { withLock, tryLock };
}

export type Locks = ReturnType<typeof createLocks>;
