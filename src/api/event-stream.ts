import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import { JobFailure } from "../domain/failure.ts";
import type { KeptJobEvent } from "../domain/job-event.ts";
import { connectionSignal } from "./connection-signal.ts";

/** How long a client should wait before it connects again. */
const reconnectMs = 2_000;

/** An event in the wire form of Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function frameOf({ id, event }: KeptJobEvent): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/**
 * The frames of a stream of events, with a comment whenever it has been silent for `heartbeatMs`, so that neither side nor a
 * proxy between them takes it for dead. Pulled, not pushed: a slow reader makes it wait. `first` is the step that was taken
 * already, if any.
 */
export async function* framesOf(
  events: AsyncIterator<KeptJobEvent>,
  first: IteratorResult<KeptJobEvent> | null,
  heartbeatMs: number,
): AsyncGenerator<string> {
  try {
    yield `retry: ${reconnectMs}\n\n`;
    let next = first === null ? events.next() : Promise.resolve(first);
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop
      const step = await within(heartbeatMs, next);
      if (step === "silence") {
        yield ": heartbeat\n\n";
        continue;
      }
      if (step.done === true) return;
      yield frameOf(step.value);
      next = events.next();
    }
  } finally {
    await events.return?.();
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | "silence"> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, sleep(ms, "silence" as const, timer)]);
  } finally {
    timer.abort();
  }
}

export type OpenStreams = {
  /** Takes a place for as long as `reply` is open. The signal aborts when the client goes or the service stops. */
  open: (reply: FastifyReply) => AbortSignal;
  closeAll: () => void;
};

/** Counts the streams of this process, so that watchers cannot use up its memory and connections. */
export function createOpenStreams(maxStreams: number): OpenStreams {
  const stopping = new AbortController();
  let open = 0;
  return {
    open(reply) {
      if (open >= maxStreams) {
        const detail = `This process has ${maxStreams} event streams open, which is its limit.`;
        throw new JobFailure("too_many_requests", detail);
      }
      const gone = connectionSignal(reply);
      if (!gone.aborted) {
        open += 1;
        gone.addEventListener("abort", () => (open -= 1), { once: true });
      }
      return AbortSignal.any([gone, stopping.signal]);
    },
    closeAll: () => stopping.abort(),
  };
}
