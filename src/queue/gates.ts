import type { Redis } from "ioredis";
import { z } from "zod";
import { isPaidOnly, waitingSchema, type GateReason, type Waiting } from "../domain/waiting.ts";
import type { Keys } from "./keys.ts";

/** Every account. */
export const anyAccount = "*";

const gateSchema = z.object({
  account: z.string(),
  reason: z.enum(["rate_limited", "credits", "backend_down", "paused"]),
  /** When it is looked at again; null waits for an operator. */
  untilMs: z.number().nullable(),
  /** The credits that the account had when it closed. */
  balance: z.number().nullable(),
  waiting: waitingSchema,
});
export type Gate = z.infer<typeof gateSchema>;

/** Members with their scores, as Redis lists them. */
const accountsSchema = z
  .array(z.string())
  .transform((list) =>
    list.flatMap((account, at) => (at % 2 === 0 ? { account, lastUsedAtMs: Number(list[at + 1]) } : [])),
  );

export function gateName({ reason, account }: Pick<Gate, "reason" | "account">): string {
  return `${reason}:${account}`;
}

/** Whose sends are to be judged: `account` is null for a job whose session is not made yet; it would get the current one. */
export type Sender = { account: string | null; pays: boolean };

/**
 * Gates of accounts: while one is closed, the sends that it concerns wait. They belong to accounts, not to tenants or shards, so
 * they are read outside of the atomic steps, and a send that slips through is met by the same answer of the backend again.
 */
export function createGates({ redis, keys }: { redis: Redis; keys: Keys }) {
  async function closed(): Promise<Gate[]> {
    const kept = await redis.hvals(keys.gates);
    return kept.map((text) => gateSchema.parse(JSON.parse(text)));
  }

  return {
    closed,
    /** Tells which account new sessions are made with, where no session has told it yet. */
    async setCurrentAccount(account: string, nowMs: number): Promise<void> {
      await redis.zadd(keys.accounts, nowMs, account);
    },
    /** The accounts that sessions were made with, the current one first. */
    async accounts(): Promise<{ account: string; lastUsedAtMs: number }[]> {
      const kept = await redis.zrevrange(keys.accounts, 0, -1, "WITHSCORES");
      return accountsSchema.parse(kept);
    },
    async close(gate: Gate): Promise<void> {
      await redis.hset(keys.gates, gateName(gate), JSON.stringify(gate));
    },
    /** False: it was open. Who is held by it stays so until released (`Admission`). */
    async open(gate: Pick<Gate, "reason" | "account">): Promise<boolean> {
      return (await redis.hdel(keys.gates, gateName(gate))) === 1;
    },
    /** The gate that holds this sender back, if any. */
    async against(sender: Sender, only?: GateReason): Promise<Gate | null> {
      const account = sender.account ?? (await redis.zrevrange(keys.accounts, 0, 0))[0];
      const concerned = (await closed()).filter((gate) => concerns(gate, account, sender.pays));
      return concerned.find(({ reason }) => only === undefined || reason === only) ?? null;
    },
  };
}

export type Gates = ReturnType<typeof createGates>;

/** The same rule as in `admit.lua`. */
function concerns(gate: Gate, account: string | undefined, pays: boolean): boolean {
  return (gate.account === anyAccount || gate.account === account) && (pays || !isPaidOnly(gate.reason));
}

/** As `admit.lua` takes it: what is held back is told why in JSON. */
export function gateForScript(gate: Gate): object {
  const { account, reason } = gate;
  const waiting: Waiting = gate.waiting;
  return { name: gateName(gate), account, paidOnly: isPaidOnly(reason), waiting: JSON.stringify(waiting) };
}
