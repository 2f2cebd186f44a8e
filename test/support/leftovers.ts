import type { Redis } from "ioredis";
import type { Keys } from "../../src/queue/keys.ts";

/** Keys that outlive the work that they were written for: records with an expiry, counters, identities, locks with a lease. */
const lasting =
  /^(?:job|events|index|session|operation|idempotency|file|identity|lock|accounts|mends|virtual-time|sequence|bull:[^:]+:(?:meta|id|marker|events|stalled-check))(?::|$)/;

/** What is left in the queues, lines and other structures of work: nothing, once every job has ended and every event is delivered. */
export async function leftovers(redis: Redis, keys: Keys): Promise<string[]> {
  const found: string[] = [];
  for await (const page of redis.scanStream({ match: `${keys.base}*`, count: 1_000 })) {
    for (const key of page as string[]) {
      const name = key.slice(keys.base.length);
      if (!lasting.test(name)) found.push(name);
    }
  }
  return found.toSorted();
}
