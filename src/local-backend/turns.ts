import { once } from "node:events";

/** Runs one task at a time, in the order they came. A task whose signal fires while it waits rejects at once. */
export type Turns = <T>(signal: AbortSignal, task: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return async (signal, task) => {
    const before = last;
    const own = Promise.withResolvers<void>();
    last = Promise.all([before, own.promise]);
    try {
      await Promise.race([before, rejectionOf(signal)]);
      return await task();
    } finally {
      own.resolve();
    }
  };
}

/** Rejects when the signal fires; never settles before. */
async function rejectionOf(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, "abort");
  throw signal.reason;
}
