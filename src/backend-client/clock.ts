/** The time that the client lives by. Injected, so that tests can let ten minutes pass at once. */
export type Clock = {
  /** Wall clock, for when tokens expire. */
  nowMs(): number;
  /** Calls back once after that time, unless the function that it returns is called before. */
  after(delayMs: number, callback: () => void): () => void;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Rejects with the signal's reason when it aborts. */
export async function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** A signal that follows `signal`, and aborts by itself with `reason` after that time. Clear it when the work is done. */
export function deadline(
  clock: Clock,
  delayMs: number,
  signal: AbortSignal,
  reason: Error,
): { signal: AbortSignal; clear: () => void } {
  const own = new AbortController();
  const clear = clock.after(delayMs, () => own.abort(reason));
  return { signal: AbortSignal.any([signal, own.signal]), clear };
}
