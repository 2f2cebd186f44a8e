import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";

/** What the sweeper may find: each is left by a crash between two steps, and by nothing else. */
export const mendKinds = [
  /** Let in, and in no queue. */
  "job_in_no_queue",
  /** First in its session's line, and waiting for nothing. */
  "job_waiting_for_nothing",
  /** Ended, and its event neither delivered nor in the queue. */
  "event_undelivered",
  /** An entry of a job that has ended or is gone. */
  "stale_entry",
] as const;
export type MendKind = (typeof mendKinds)[number];
export type MendCounts = Record<MendKind, number>;

/** How many things of each kind were mended, by all processes, since the database is in use. */
export function createMends({ redis, keys }: { redis: Redis; keys: Keys }) {
  return {
    async add(mended: readonly MendKind[]): Promise<void> {
      await Promise.all(mended.map(async (kind) => await redis.hincrby(keys.mends, kind, 1)));
    },
    async read(): Promise<MendCounts> {
      const kept = await redis.hgetall(keys.mends);
      const count = (kind: MendKind): number => Number(kept[kind] ?? 0);
      return {
        job_in_no_queue: count("job_in_no_queue"),
        job_waiting_for_nothing: count("job_waiting_for_nothing"),
        event_undelivered: count("event_undelivered"),
        stale_entry: count("stale_entry"),
      };
    },
  };
}

export type Mends = ReturnType<typeof createMends>;
