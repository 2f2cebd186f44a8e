import { createParser } from "eventsource-parser";

/** An event of a stream of server-sent events. `id` is the last one that the stream has set, as the standard has it. */
export type ServerSentEvent = { name: string; data: string; id: string };

/** An event or the whole stream is over its limit. */
export class StreamTooLarge extends Error {
  override readonly name = "StreamTooLarge";
}

export function isEventStream(contentType: string): boolean {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase() === "text/event-stream";
}

/**
 * Reads bytes to the end and calls back for every event and comment. What can be no event is skipped, and so is a last event that no
 * blank line ends. Throws `StreamTooLarge`, and whatever the source throws.
 */
export async function readEventStream(
  chunks: AsyncIterable<Uint8Array>,
  options: {
    maxEventChars: number;
    maxStreamBytes: number;
    onEvent: (event: ServerSentEvent) => void;
    onComment: () => void;
  },
): Promise<void> {
  const { maxEventChars, maxStreamBytes, onEvent, onComment } = options;
  // The parser takes off a byte order mark itself: a decoder that does too would take off a second one.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let id = "";
  let bytes = 0;
  const parser = createParser({
    maxBufferSize: maxEventChars,
    onId: (newId) => {
      id = newId;
    },
    onEvent: ({ event, data }) => onEvent({ name: event ?? "message", data, id }),
    onComment,
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded")
        throw new StreamTooLarge(`An event is larger than ${maxEventChars} characters`);
    },
  });
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxStreamBytes) throw new StreamTooLarge(`The stream is larger than ${maxStreamBytes} bytes`);
    parser.feed(decoder.decode(chunk, { stream: true }));
  }
}
