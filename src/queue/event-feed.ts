import type { Redis } from "ioredis";
import { isFinalEvent, jobEventSchema, type KeptJobEvent } from "../domain/job-event.ts";
import type { JobId } from "../domain/id.ts";
import { memberOf, type JobRef, type Keys } from "./keys.ts";

const pageSize = 100;

/** A message of the channel can be lost while Redis reconnects, so followers look for themselves once in a while. */
const lookAgainMs = 5_000;

/**
 * Follows the events of jobs: what is kept, then what comes. One subscription per process serves all followers.
 * `subscriber` is a connection of its own, since a subscribed connection takes no other commands.
 */
export function createEventFeed({ redis, subscriber, keys }: { redis: Redis; subscriber: Redis; keys: Keys }) {
  const waiters = new Map<string, Set<() => void>>();
  const subscribed = subscriber.subscribe(keys.liveChannel);
  subscribed.catch(() => undefined);
  subscriber.on("message", (_channel: string, member: string) => {
    for (const wake of waiters.get(member) ?? []) wake();
  });

  /** Resolves when something may have happened since it was called: an event, an abort, or enough time. */
  async function change(member: string, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wakers = waiters.get(member) ?? new Set();
      waiters.set(member, wakers);
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        wakers.delete(wake);
        if (wakers.size === 0 && waiters.get(member) === wakers) waiters.delete(member);
        resolve();
      };
      const timer = setTimeout(wake, lookAgainMs);
      signal.addEventListener("abort", wake, { once: true });
      wakers.add(wake);
    });
  }

  async function readAfter(ref: JobRef, afterId: string | null): Promise<KeptJobEvent[]> {
    const start = afterId === null ? "-" : `(${afterId}`;
    const entries = await redis.xrange(keys.events(ref), start, "+", "COUNT", pageSize);
    return entries.map(([id, fields]) => ({
      id,
      event: jobEventSchema.parse(JSON.parse(fields[1] ?? "")),
    }));
  }

  /** Nothing more will come: the last event that is kept is a final one, or none are kept any more. */
  async function isOver(ref: JobRef): Promise<boolean> {
    const [last] = await redis.xrevrange(keys.events(ref), "+", "-", "COUNT", 1);
    return last === undefined || isFinalEvent(jobEventSchema.parse(JSON.parse(last[1][1] ?? "")));
  }

  /** The kept events of a job after `afterId` (all, when null), then live ones as they come. Ends after the final event, and on abort. */
  async function* follow(
    tenant: string,
    id: JobId,
    { afterId, signal }: { afterId: string | null; signal: AbortSignal },
  ): AsyncGenerator<KeptJobEvent> {
    const ref: JobRef = { tenant, id };
    await subscribed;
    let position = afterId;
    while (!signal.aborted) {
      // Begun before reading, so that an event between the read and the wait is not slept through.
      const settled = new AbortController();
      const changed = change(memberOf(ref), AbortSignal.any([signal, settled.signal]));
      const page = await readAfter(ref, position);
      for (const kept of page) {
        position = kept.id;
        yield kept;
        if (isFinalEvent(kept.event)) {
          settled.abort();
          return;
        }
      }
      if (page.length === 0 && (await isOver(ref))) {
        settled.abort();
        return;
      }
      if (page.length === pageSize) settled.abort();
      await changed;
    }
  }

  return { follow };
}
