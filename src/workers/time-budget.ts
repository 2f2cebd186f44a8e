/** Runs work under what is left of the budget. */
export type TimeBudget = <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;

/** A limit for several pieces of work together, one after another; what lies between them does not count. Past it they fail with `failure`. */
export function createTimeBudget(limitMs: number, signal: AbortSignal, failure: () => Error): TimeBudget {
  let leftMs = limitMs;
  return async (work) => {
    const beganMs = performance.now();
    const limit = AbortSignal.timeout(Math.ceil(leftMs));
    try {
      return await work(AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      throw limit.aborted ? failure() : error;
    } finally {
      leftMs = Math.max(0, leftMs - (performance.now() - beganMs));
    }
  };
}
