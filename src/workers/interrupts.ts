import type { Redis } from "ioredis";
import type { Keys } from "../queue/keys.ts";

/** The job was cancelled, or its time is up: whoever claims it next sees to it. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Lets the worker of a job know that it is to let go. `subscriber` is a connection of its own. A message that is lost is no harm:
 * the job is claimed anew all the same, and the worker that was overtaken notices at its next write.
 */
export function createInterrupts({ subscriber, keys }: { subscriber: Redis; keys: Keys }) {
  const running = new Map<string, Set<AbortController>>();
  subscriber.subscribe(keys.interruptChannel).catch(() => undefined);
  subscriber.on("message", (channel: string, jobId: string) => {
    if (channel !== keys.interruptChannel) return;
    for (const controller of running.get(jobId) ?? []) controller.abort(new Interrupted(jobId));
  });

  return {
    /** Runs `work` with a signal that aborts when `signal` does, or when the job is interrupted. */
    async watch<Result>(
      jobId: string,
      signal: AbortSignal,
      work: (watched: AbortSignal) => Promise<Result>,
    ): Promise<Result> {
      const controller = new AbortController();
      const controllers = running.get(jobId) ?? new Set();
      running.set(jobId, controllers.add(controller));
      try {
        return await work(AbortSignal.any([signal, controller.signal]));
      } finally {
        controllers.delete(controller);
        if (controllers.size === 0) running.delete(jobId);
      }
    },
  };
}

export type Interrupts = ReturnType<typeof createInterrupts>;
