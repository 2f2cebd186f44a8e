import type { Redis } from "ioredis";
import { z } from "zod";
import { hasEnded } from "../domain/job.ts";
import { queueEntryOf, type JobRecords } from "./job-record.ts";
import { refOfMember, type Keys } from "./keys.ts";
import type { Queues } from "./queues.ts";
import { loadScript } from "./script.ts";

/** How many jobs one call of the script lets in, so that it never holds Redis up for long. */
const batchSize = 64;

export type AdmissionDeps = {
  redis: Redis;
  keys: Keys;
  records: JobRecords;
  queues: Queues;
  now: () => number;
  /** How many jobs may be in BullMQ at once, over all tenants of the shard. */
  window: number;
};

/**
 * The one place that decides what may start. Jobs that may not yet start wait in Reelay's own structures (see `keys.ts`);
 * what is let in goes into BullMQ. A crash between the two is mended by the sweeper, which looks at `admitted`.
 */
export function createAdmission({ redis, keys, records, queues, now, window }: AdmissionDeps) {
  const admitScript = loadScript(redis, "admit");
  let running: Promise<void> | null = null;
  let again = false;

  async function admitAll(): Promise<void> {
    do {
      again = false;
      const reply = await admitScript(
        [keys.ring, keys.admitted, keys.virtualTime],
        [keys.base, now(), window, batchSize],
      );
      const members = z.array(z.string()).parse(reply);
      await Promise.all(members.map(enqueue));
      again ||= members.length === batchSize;
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

  /** Whether more than one job is under way. */
  async function hasOtherWork(): Promise<boolean> {
    return (await redis.zcard(keys.admitted)) > 1;
  }

  return { kick, hasOtherWork };
}

export type Admission = ReturnType<typeof createAdmission>;
