/**
 * Lets only so many run at once; the others wait in the order in which they came.
 * The function it gives throws the signal's reason when that fires while it waits.
 */
export function createTurns(atOnce: number): <T>(signal: AbortSignal, run: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting = new Set<() => void>();

  async function turn(signal: AbortSignal): Promise<void> {
    if (running < atOnce) {
      running += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (): void => {
      waiting.delete(resolve);
      reject(signal.reason);
    };
    waiting.add(resolve);
    signal.addEventListener("abort", giveUp, { once: true });
    await promise.finally(() => signal.removeEventListener("abort", giveUp));
  }

  /** Whoever is next takes over the place of the one that ended. */
  function passOn(): void {
    const [next] = waiting;
    if (next === undefined) {
      running -= 1;
      return;
    }
    waiting.delete(next);
    next();
  }

  return async (signal, run) => {
    signal.throwIfAborted();
    await turn(signal);
    try {
      return await run();
    } finally {
      passOn();
    }
  };
}
