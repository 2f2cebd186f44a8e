import type { Redis } from "ioredis";
import { z } from "zod";
import { sessionRefOfMember, type Keys, type SessionRef } from "./keys.ts";

const restSchema = z.object({ fingerprint: z.string(), agreesSinceMs: z.number(), readAtMs: z.number() });

/** What was seen of a session that is to come to rest: its last state, and since when reads agree on it. */
export type Rest = z.infer<typeof restSchema>;

/** How many sessions one round looks at. */
const roundSize = 100;

/** Sessions that are closed until what an earlier job did in them is known to be at rest. */
export function createSettling({ redis, keys }: { redis: Redis; keys: Keys }) {
  const restKey = ({ tenant, id }: SessionRef) => keys.session(tenant, id);
  return {
    /** The ones that have waited longest, with when they began to. */
    async sessions(): Promise<{ session: SessionRef; sinceMs: number }[]> {
      const found = await redis.zrangebyscore(keys.settling, "-inf", "+inf", "LIMIT", 0, roundSize);
      return await Promise.all(
        found.map(async (member) => ({
          session: sessionRefOfMember(member),
          sinceMs: Number(await redis.zscore(keys.settling, member)),
        })),
      );
    },
    async loadRest(session: SessionRef): Promise<Rest | null> {
      const kept = await redis.hget(restKey(session), "rest");
      return kept === null ? null : restSchema.parse(JSON.parse(kept));
    },
    async saveRest(session: SessionRef, rest: Rest | null): Promise<void> {
      if (rest === null) await redis.hdel(restKey(session), "rest");
      else await redis.hset(restKey(session), "rest", JSON.stringify(rest));
    },
  };
}

export type Settling = ReturnType<typeof createSettling>;
