import type { ServerResponse } from "node:http";
import type { Fault } from "../faults.ts";

/** A client that does not read is let go once so much waits for it. */
const MAX_UNREAD_BYTES = 16_000_000;

export type EventStream = {
  send: (frame: string) => void;
  end: () => void;
};

/** Sends the headers of a stream at once, as the backend does; then frames, until a fault cuts it. */
export function openEventStream(response: ServerResponse, fault: Fault | null): EventStream {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    connection: "keep-alive",
  });
  response.flushHeaders();
  let bytesLeft = fault?.cut_after_bytes ?? Infinity;
  let eventsLeft = fault?.cut_at_event ?? Infinity;
  const cutIfDue = () => {
    if (eventsLeft <= 0 || bytesLeft <= 0) response.socket?.destroySoon();
  };
  cutIfDue();

  return {
    send: (frame) => {
      if (response.destroyed || eventsLeft <= 0 || bytesLeft <= 0) return;
      const bytes = Buffer.from(frame);
      response.write(bytes.subarray(0, Math.min(bytes.length, bytesLeft)));
      bytesLeft -= bytes.length;
      eventsLeft -= 1;
      cutIfDue();
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    },
    end: () => {
      response.end();
    },
  };
}
