import { describe, expect, it } from "vitest";
import { backendLimits } from "../../../src/backend-client/limits.ts";
import { GaveUp, watchStream } from "../../../src/backend-client/stream-watch.ts";
import { createManualClock } from "../../support/manual-clock.ts";

const minuteMs = 60_000;

function start(signal = new AbortController().signal) {
  const time = createManualClock();
  let notices = 0;
  const watch = watchStream({ clock: time.clock, limits: backendLimits, signal, onStillWorking: () => (notices += 1) });
  const gaveUp = () => (watch.signal.reason instanceof GaveUp ? watch.signal.reason.why : null);
  return { time, watch, gaveUp, notices: () => notices };
}

describe("watches over a stream", () => {
  it("says every 2 minutes that it goes on", () => {
    const { time, notices } = start();
    time.advance(2 * minuteMs - 1);
    expect(notices()).toBe(0);
    time.advance(1);
    expect(notices()).toBe(1);
    time.advance(4 * minuteMs);
    expect(notices()).toBe(3);
  });

  it("counts those minutes from the last visible text", () => {
    const { time, watch, notices } = start();
    time.advance(minuteMs);
    watch.shown();
    time.advance(2 * minuteMs - 1);
    expect(notices()).toBe(0);
  });

  it("goes on saying so while tools run, which nobody sees", () => {
    const { time, watch, notices } = start();
    time.advance(minuteMs);
    watch.progress();
    time.advance(minuteMs);
    expect(notices()).toBe(1);
  });

  it("gives up after 10 minutes without progress", () => {
    const { time, gaveUp } = start();
    time.advance(10 * minuteMs - 1);
    expect(gaveUp()).toBeNull();
    time.advance(1);
    expect(gaveUp()).toBe("idle");
  });

  it("counts those minutes from the last text or tool event", () => {
    const { time, watch, gaveUp } = start();
    time.advance(9 * minuteMs);
    watch.progress();
    time.advance(5 * minuteMs);
    expect(gaveUp()).toBeNull();
  });

  it("gives up after 15 minutes in all, whatever came", () => {
    const { time, watch, gaveUp } = start();
    time.advance(9 * minuteMs);
    watch.progress();
    time.advance(6 * minuteMs);
    expect(gaveUp()).toBe("too_long");
  });

  it("leaves no timer behind when it gives up or stops", () => {
    const ended = start();
    ended.time.advance(15 * minuteMs);
    expect(ended.time.pendingTimers).toBe(0);
    const stopped = start();
    stopped.watch.stop();
    expect(stopped.time.pendingTimers).toBe(0);
  });

  it("aborts with the caller's signal", () => {
    const caller = new AbortController();
    const { watch } = start(caller.signal);
    caller.abort(new Error("cancelled"));
    expect(watch.signal.reason).toEqual(new Error("cancelled"));
  });
});
