import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Keys } from "./keys.ts";
import { loadScript } from "./script.ts";

/** Who used which key on which route, and for what: `fingerprint` is a hash of the request. */
export type IdempotencyEntry = { tenant: string; route: string; key: string; fingerprint: string };

const answerSchema = z.object({ status: z.number(), body: z.string(), location: z.string().nullable() });
export type KeptAnswer = z.infer<typeof answerSchema>;

export type Reservation =
  | { state: "run"; resourceId: string }
  | { state: "replay"; answer: KeptAnswer }
  | { state: "in_flight" }
  | { state: "mismatch" };

export type IdempotencyDeps = {
  redis: Redis;
  keys: Keys;
  now: () => number;
  /** How long an answer is replayed. */
  keepS: number;
  /** How long a request may take before another one with its key takes over. */
  leaseMs: number;
};

const replySchema = z.tuple([z.enum(["run", "replay", "in_flight", "mismatch"]), z.string()]);

export function createIdempotency({ redis, keys, now, keepS, leaseMs }: IdempotencyDeps) {
  const reserveScript = loadScript(redis, "reserve");
  const freeKeyScript = loadScript(redis, "free_key");

  function keyOf({ tenant, route, key }: IdempotencyEntry): string {
    return keys.idempotency(tenant, route, createHash("sha256").update(key).digest("hex"));
  }

  return {
    /** Whether the request may run, and under which resource id; or what to answer instead. */
    async reserve(entry: IdempotencyEntry & { resourceId: string }): Promise<Reservation> {
      const reply = await reserveScript([keyOf(entry)], [entry.fingerprint, entry.resourceId, now(), leaseMs, keepS]);
      const [state, value] = replySchema.parse(reply);
      switch (state) {
        case "run":
          return { state, resourceId: value };
        case "replay":
          return { state, answer: answerSchema.parse(JSON.parse(value)) };
        case "in_flight":
        case "mismatch":
          return { state };
      }
    },

    /** Keeps the answer for replays. */
    async settle(entry: IdempotencyEntry, answer: KeptAnswer): Promise<void> {
      await redis.hset(keyOf(entry), "answer", JSON.stringify(answer));
    },

    /** This request made nothing: the key may be used again, by any request where no other one has run under it. */
    async release(entry: IdempotencyEntry): Promise<void> {
      await freeKeyScript([keyOf(entry)], []);
    },
  };
}
