import type { Clock } from "../../src/backend-client/clock.ts";

/** A clock that stands still until it is told to go on. */
export function createManualClock(startMs = Date.UTC(2030, 0, 1)) {
  let nowMs = startMs;
  let timers: { dueMs: number; callback: () => void }[] = [];
  const waiting: (() => void)[] = [];

  const clock: Clock = {
    nowMs: () => nowMs,
    after(delayMs, callback) {
      const timer = { dueMs: nowMs + delayMs, callback };
      timers.push(timer);
      for (const wake of waiting.splice(0)) wake();
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };

  return {
    clock,
    /** Calls back all that falls due in that time, in order. */
    advance(byMs: number): void {
      const endMs = nowMs + byMs;
      for (;;) {
        const next = timers.filter(({ dueMs }) => dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = next.dueMs;
        next.callback();
      }
      nowMs = endMs;
    },
    /** Resolves once a timer of that length is set. */
    async timerOf(delayMs: number): Promise<void> {
      while (!timers.some(({ dueMs }) => dueMs === nowMs + delayMs)) {
        await new Promise<void>((wake) => waiting.push(wake));
      }
    },
    get pendingTimers(): number {
      return timers.length;
    },
  };
}
