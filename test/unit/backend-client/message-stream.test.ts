import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StreamTooLarge } from "../../../src/backend-client/event-stream.ts";
import { backendLimits } from "../../../src/backend-client/limits.ts";
import { createReplyCollector, readMessageStream } from "../../../src/backend-client/message-stream.ts";
import type { MessageEvent } from "../../../src/backend-client/message.ts";

/** Reads a stream as a message's is read: what was told live, and what it came to. */
async function read(chunks: readonly Uint8Array[]) {
  const events: MessageEvent[] = [];
  const collector = createReplyCollector({ limits: backendLimits, onEvent: (event) => events.push(event) });
  let progress = 0;
  const body = (async function* () {
    yield* chunks;
  })();
  await readMessageStream(body, { limits: backendLimits, collector, onProgress: () => (progress += 1) });
  return { ...collector.finish({ isComplete: true }), events, progress };
}

/** Cuts bytes at these places, in the middle of characters too. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % bytes.length))].toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

/** What hostile or unlucky text may hold. */
const text = fc
  .array(
    fc.constantFrom(
      "Your video",
      "点击“导出”",
      " 😀",
      "\r\n",
      "data: x",
      "\u0000",
      "\u202e",
      "\ufeff",
      "I hit ",
      "a temporary issue.",
      '"',
      "\\",
      ": ",
      "\n\n",
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join(""));
const ofRuntime = (parts: unknown[], more: object) => JSON.stringify({ content: { role: "model", parts }, ...more });
const data = fc.oneof(
  fc
    .tuple(text, fc.constantFrom({ partial: true }, { partial: false }, {}))
    .map(([said, more]) => ofRuntime([{ text: said }], more)),
  text.map((said) => JSON.stringify({ type: "text", content: said })),
  text.map((said) => ofRuntime([{ text: said, thought: true }], { partial: true })),
  text.map((said) => JSON.stringify({ error: said })),
  fc.constantFrom(
    ofRuntime([{ functionCall: { name: "x", args: {} } }, { text: "B" }], {}),
    '{"type":"tool_result"}',
    '{"type":"heartbeat"}',
    '{"error": "the "model" broke"}',
    "[DONE]",
    "",
  ),
);
const frame = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(data, fc.constantFrom("\n", "\r\n", "\r")).map(([said, end]) => `data: ${said}${end}${end}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ": ping\n\n",
      "event: heartbeat\ndata: {}\n\n",
      "event: error\ndata: no\n\n",
      "id: 7\n\n",
    ),
  },
);

describe("a message's stream", () => {
  it("comes to the same however it is cut into chunks", async () => {
    const streams = fc.array(frame, { minLength: 1, maxLength: 20 }).map((frames) => Buffer.from(frames.join("")));
    await fc.assert(
      fc.asyncProperty(streams, fc.array(fc.nat(), { maxLength: 40 }), async (bytes, places) => {
        expect(await read(cut(bytes, places))).toEqual(await read([bytes]));
      }),
      { numRuns: 300 },
    );
  });

  it("tells live what it comes to, save for spaces", async () => {
    const said = (value: string) => value.replaceAll(/\s+/g, "");
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 20 }), async (frames) => {
        const { reply, events } = await read([Buffer.from(frames.join(""))]);
        const live = events.map((event) => (event.type === "text" ? event.text : "")).join("");
        expect(said(live).startsWith(said(reply.text))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("neither crashes nor hangs, whatever the bytes", async () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      frame.map((sent) => Buffer.from(sent)),
      fc.constant(Buffer.from("data: {")),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { maxLength: 20 }), async (chunks) => {
        const { reply } = await read(chunks);
        expect(reply.text.isWellFormed()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("is given up where an event does not end", async () => {
    const endless = Array.from({ length: 10 }, () => new Uint8Array(1_000_000).fill(120));
    await expect(read([Buffer.from("data: "), ...endless])).rejects.toBeInstanceOf(StreamTooLarge);
  });
});
