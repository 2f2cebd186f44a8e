import { setTimeout as sleepFor } from "node:timers/promises";

export type Clock = {
  nowMs: () => number;
  /** Rejects with an `AbortError` once the signal fires. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, { signal });
  },
};
