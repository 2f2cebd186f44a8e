import type { Logger } from "pino";
import type { Locks } from "./lock.ts";

export type Periodic = { start(): void; stop(): Promise<void> };

/** Does some work again and again, in one process at a time; what fails is logged, and the next round tries again. */
export function createPeriodic(deps: {
  name: string;
  everyMs: number;
  work: () => Promise<unknown>;
  locks: Locks;
  log: Logger;
}): Periodic {
  const { name, everyMs, work, locks, log } = deps;
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> = Promise.resolve();

  async function round(): Promise<void> {
    try {
      await locks.tryLock(name, async () => void (await work()));
    } catch (error) {
      log.error({ err: error, name }, "a periodic round failed; the next one tries again");
    }
    if (timer !== null) schedule();
  }

  function schedule(): void {
    timer = setTimeout(() => {
      working = round();
    }, everyMs);
  }

  return {
    start: schedule,
    async stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await working;
    },
  };
}
