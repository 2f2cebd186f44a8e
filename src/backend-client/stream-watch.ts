import type { Clock } from "./clock.ts";
import type { BackendLimits } from "./limits.ts";

/** The client gave up on a stream by itself. */
export class GaveUp extends Error {
  override readonly name = "GaveUp";
  readonly why: "idle" | "too_long";

  constructor(why: "idle" | "too_long") {
    super(why === "idle" ? "No text or tool event for too long" : "The stream took too long");
    this.why = why;
  }
}

/**
 * The clocks of one message, started when it is sent: gives up after `streamIdleMs` without progress or `streamTotalMs` in all, by
 * aborting its signal, and says every `stillWorkingEveryMs` without visible text that it goes on.
 */
export function watchStream(deps: {
  clock: Clock;
  limits: Pick<BackendLimits, "streamIdleMs" | "streamTotalMs" | "stillWorkingEveryMs">;
  signal: AbortSignal;
  onStillWorking: () => void;
}) {
  const { clock, limits, onStillWorking } = deps;
  const own = new AbortController();
  const cancelTotal = clock.after(limits.streamTotalMs, () => giveUp("too_long"));
  let cancelIdle: (() => void) | null = null;
  let cancelNotice: (() => void) | null = null;

  function giveUp(why: GaveUp["why"]): void {
    stop();
    own.abort(new GaveUp(why));
  }

  /** A text or tool event came. */
  function progress(): void {
    cancelIdle?.();
    cancelIdle = clock.after(limits.streamIdleMs, () => giveUp("idle"));
  }

  /** Something was shown. */
  function shown(): void {
    cancelNotice?.();
    cancelNotice = clock.after(limits.stillWorkingEveryMs, () => {
      shown();
      onStillWorking();
    });
  }

  function stop(): void {
    cancelTotal();
    cancelIdle?.();
    cancelNotice?.();
  }

  progress();
  shown();
  return { signal: AbortSignal.any([deps.signal, own.signal]), progress, shown, stop };
}
