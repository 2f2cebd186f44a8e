import { OutboundError } from "./outbound-error.ts";

export type Deadline = {
  /** Fires with an `OutboundError` as its reason: `timeout` at the deadline, `aborted` when the caller's signal fires. */
  signal: AbortSignal;
  /** Lets go of the timer and the caller's signal. */
  end: () => void;
};

/** One signal for the time that a request may take and for the caller giving up on it. */
export function startDeadline(timeoutMs: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const onAbort = (): void =>
    controller.abort(new OutboundError("aborted", "The caller gave up.", { cause: caller?.reason }));
  const timer = setTimeout(() => {
    controller.abort(new OutboundError("timeout", `No complete answer within ${timeoutMs} ms.`));
  }, timeoutMs);
  if (caller?.aborted) onAbort();
  caller?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      caller?.removeEventListener("abort", onAbort);
    },
  };
}

/** Rejects as soon as the signal fires: undici notices it only once a connection that is being made stands. */
export async function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
