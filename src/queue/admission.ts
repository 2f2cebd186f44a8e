import type { Redis } from "ioredis";
import { z } from "zod";
import { hasEnded } from "../domain/job.ts";
import { gateForScript, gateName, type Gate, type Gates } from "./gates.ts";
import { queueEntryOf, type JobRecords } from "./job-record.ts";
import { memberOf, refOfMember, type Keys, type SessionRef } from "./keys.ts";
import type { Queues } from "./queues.ts";
import { loadScript } from "./script.ts";

/** How many jobs one call of a script lets in or releases, so that it never holds Redis up for long. */
const batchSize = 64;

export type AdmissionDeps = {
  redis: Redis;
  keys: Keys;
  records: JobRecords;
  queues: Queues;
  gates: Gates;
  now: () => number;
  /** How many jobs may be in BullMQ at once, over all tenants of the shard. */
  window: number;
  /** How many of them may be one tenant's. */
  tenantCap: number;
};

const admittedSchema = z.tuple([z.array(z.string()), z.number()]);

/**
 * The one place that decides what may start: order within a session, turns and caps of tenants, priority, time, gates of accounts.
 * Jobs that may not yet start wait in Reelay's own structures (see `lines.lua`); what is let in goes into BullMQ. A crash between
 * the two is mended by the sweeper, which looks at `admitted`.
 */
export function createAdmission(deps: AdmissionDeps) {
  const { redis, keys, records, queues, gates, now, window, tenantCap } = deps;
  const admitScript = loadScript(redis, "admit");
  const releaseScript = loadScript(redis, "release_held");
  let running: Promise<void> | null = null;
  let again = false;

  async function admitAll(): Promise<void> {
    do {
      again = false;
      const closed = JSON.stringify((await gates.closed()).map(gateForScript));
      const reply = await admitScript([keys.ring], [keys.base, now(), window, tenantCap, batchSize, closed]);
      const [members, steps] = admittedSchema.parse(reply);
      await Promise.all(members.map(enqueue));
      again ||= steps >= batchSize;
    } while (again);
  }

  async function enqueue(member: string): Promise<void> {
    const stored = await records.load(refOfMember(member));
    if (stored !== null && !hasEnded(stored.job)) await queues.addStage(queueEntryOf(stored));
  }

  /** Lets in whatever may start now. Calls during a run lead to one more run. */
  async function kick(): Promise<void> {
    if (running !== null) {
      again = true;
      return await running;
    }
    running = admitAll().finally(() => {
      running = null;
    });
    return await running;
  }

  async function release(holding: string, maxScore: number | "+inf"): Promise<void> {
    let released: unknown;
    do released = await releaseScript([holding], [keys.base, now(), "", maxScore, batchSize]);
    while (released === batchSize);
  }

  return {
    kick,

    /** Gives the turn back to whoever was held for a time that has come. */
    async releaseScheduled(): Promise<void> {
      await release(keys.scheduled, now());
    },

    /** Lets those compete again that were put under a gate just when it opened. */
    async releaseStragglers(): Promise<void> {
      const closed = new Set((await gates.closed()).map(gateName));
      const open = (await redis.smembers(keys.parkedGates)).filter((name) => !closed.has(name));
      for (const name of open) {
        // First forgotten, then released: who is put under it in between is noted anew.
        await redis.srem(keys.parkedGates, name);
        await release(keys.parked(name), "+inf");
      }
    },

    /** Opens a gate, and lets those compete again that it held back. */
    async openGate(gate: Pick<Gate, "reason" | "account">): Promise<void> {
      await gates.open(gate);
      await release(keys.parked(gateName(gate)), "+inf");
      await kick();
    },

    /** A session whose backend side has come to rest passes its turn on. */
    async settled(session: SessionRef): Promise<void> {
      await releaseScript([keys.settling], [keys.base, now(), memberOf(session), "+inf", batchSize]);
      await kick();
    },

    /** Whether any job is under way. */
    async isBusy(): Promise<boolean> {
      return (await redis.zcard(keys.admitted)) > 0;
    },

    /** Whether more than one job is under way. */
    async hasOtherWork(): Promise<boolean> {
      return (await redis.zcard(keys.admitted)) > 1;
    },
  };
}

export type Admission = ReturnType<typeof createAdmission>;
