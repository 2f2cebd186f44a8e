import { readEventStream } from "./event-stream.ts";
import type { BackendLimits } from "./limits.ts";
import type { MessageEvent } from "./message.ts";
import type { Reply } from "./outcome.ts";
import { createReplyText } from "./reply-text.ts";
import { streamEventsIn, type StreamEvent } from "./wire-event.ts";

/** Collects the events of one stream into a reply. The last error wins, and does not stop what comes after it. */
export function createReplyCollector(deps: {
  limits: Pick<BackendLimits, "maxReplyChars">;
  onEvent: (event: MessageEvent) => void;
}) {
  const { limits, onEvent } = deps;
  const joined = createReplyText({ maxChars: limits.maxReplyChars });
  const counts = { textEvents: 0, toolEvents: 0, aliveEvents: 0, unknownEvents: 0 };
  let errorMessage: string | null = null;

  function add(event: StreamEvent): void {
    switch (event.type) {
      case "text": {
        counts.textEvents += 1;
        const text = joined.add(event);
        if (text !== "") onEvent({ type: "text", text });
        return;
      }
      case "tool":
        counts.toolEvents += 1;
        joined.interrupt();
        onEvent({ type: "tool" });
        return;
      case "alive":
        counts.aliveEvents += 1;
        return;
      case "error":
        errorMessage = event.message;
        return;
      case "unknown":
        counts.unknownEvents += 1;
        return;
    }
  }

  /** `isComplete`: the stream came to its end. Tells what was held back until then. */
  function finish({ isComplete }: { isComplete: boolean }): { reply: Reply; errorMessage: string | null } {
    const { text, rest, isTruncated } = joined.finish({ isNormal: isComplete && errorMessage === null });
    if (rest.trim() !== "") onEvent({ type: "text", text: rest });
    return { reply: { text, isTruncated, ...counts }, errorMessage };
  }

  return { add, finish };
}

export type ReplyCollector = ReturnType<typeof createReplyCollector>;

/** Reads a message's stream to its end. `onProgress` is called for every text and tool event, before it is collected. */
export async function readMessageStream(
  body: AsyncIterable<Uint8Array>,
  deps: {
    limits: Pick<BackendLimits, "maxEventChars" | "maxStreamBytes">;
    collector: ReplyCollector;
    onProgress: () => void;
  },
): Promise<void> {
  const { limits, collector, onProgress } = deps;
  await readEventStream(body, {
    maxEventChars: limits.maxEventChars,
    maxStreamBytes: limits.maxStreamBytes,
    onEvent: (wireEvent) => {
      for (const event of streamEventsIn(wireEvent)) {
        if (event.type === "text" || event.type === "tool") onProgress();
        collector.add(event);
      }
    },
    onComment: () => collector.add({ type: "alive" }),
  });
}
