import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  isEventStream,
  readEventStream,
  StreamTooLarge,
  type ServerSentEvent,
} from "../../../src/backend-client/event-stream.ts";
import { streamEventsIn } from "../../../src/backend-client/wire-event.ts";

const vectors = z
  .array(
    z.object({
      name: z.string(),
      inputBase64: z.base64(),
      expected: z.array(z.object({ type: z.string(), data: z.string(), lastEventId: z.string() })),
      contentType: z.string().optional(),
      fail: z.boolean().optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL("../../fixtures/eventsource.json", import.meta.url), "utf8")));

/** We never reconnect, so the one vector about an id kept over a reconnect starts without it. */
const startsWithoutId = new Set(["format-field-id-2-reconnect"]);

async function* from(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function eventsIn(
  chunks: Iterable<Uint8Array>,
  limits: { maxEventChars?: number; maxStreamBytes?: number } = {},
) {
  const events: ServerSentEvent[] = [];
  let comments = 0;
  await readEventStream(from(chunks), {
    maxEventChars: limits.maxEventChars ?? 2 ** 23,
    maxStreamBytes: limits.maxStreamBytes ?? 2 ** 29,
    onEvent: (event) => events.push(event),
    onComment: () => {
      comments += 1;
    },
  });
  return { events, comments };
}

function split(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (const size of sizes) {
    if (start >= bytes.length) break;
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return [...chunks, bytes.subarray(start)];
}

describe("reads event streams as the standard says", () => {
  it.each(vectors.filter(({ fail }) => fail !== true))(
    "$name",
    async ({ name, inputBase64, expected, contentType }) => {
      const bytes = Buffer.from(inputBase64, "base64");
      const wanted = expected.map(({ type, data, lastEventId }) => ({
        name: type,
        data,
        id: startsWithoutId.has(name) ? "" : lastEventId,
      }));

      expect(isEventStream(contentType ?? "text/event-stream")).toBe(true);
      expect((await eventsIn([bytes])).events).toEqual(wanted);
      expect(
        (
          await eventsIn(
            split(
              bytes,
              Array.from({ length: bytes.length }, () => 1),
            ),
          )
        ).events,
      ).toEqual(wanted);
    },
  );

  it("has taken in all vectors", () => {
    expect(vectors).toHaveLength(55);
  });
});

describe("what is a stream", () => {
  it.each(vectors.filter(({ fail }) => fail === true))("refuses the content type of $name", ({ contentType }) => {
    expect(isEventStream(contentType ?? "")).toBe(false);
  });

  it.each(["", "application/json", "text/event-streams", "application/text/event-stream"])(
    "refuses the content type '%s'",
    (contentType) => {
      expect(isEventStream(contentType)).toBe(false);
    },
  );

  it.each(["text/event-stream", "TEXT/Event-Stream ; charset=utf-8"])(
    "accepts the content type '%s'",
    (contentType) => {
      expect(isEventStream(contentType)).toBe(true);
    },
  );
});

describe("stands whatever comes", () => {
  it("gives the same events however a stream is cut into chunks", async () => {
    const text = fc.array(fc.stringMatching(/^(data|event|id|:|x)?[: ]{0,2}[\p{L}😀"{}\\]{0,8}(\r\n|\n|\r|\n\n)$/u), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 }), async (lines, sizes) => {
        const bytes = Buffer.from(lines.join(""));
        expect(await eventsIn(split(bytes, sizes))).toEqual(await eventsIn([bytes]));
      }),
    );
  });

  it("neither crashes nor hangs on any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), async (chunks) => {
        const { events } = await eventsIn(chunks);
        expect(events.flatMap(streamEventsIn).length).toBeGreaterThanOrEqual(events.length);
      }),
    );
  });

  it("passes an event of 1 MB, and 2,000 events", async () => {
    const big = "x".repeat(1_000_000);
    expect(
      (
        await eventsIn(
          split(
            Buffer.from(`data: ${big}\n\n`),
            Array.from({ length: 100 }, () => 16_384),
          ),
        )
      ).events[0]?.data,
    ).toBe(big);
    expect((await eventsIn([Buffer.from("data: x\n\n".repeat(2000))])).events).toHaveLength(2000);
  });

  it("refuses an event past the limit, even where no line ends", async () => {
    const endless = Array.from({ length: 100 }, (_, index) => Buffer.from(index === 0 ? "data: x" : "y".repeat(100)));
    await expect(eventsIn(endless, { maxEventChars: 1000 })).rejects.toBeInstanceOf(StreamTooLarge);
  });

  it("refuses a stream past the limit", async () => {
    await expect(eventsIn([Buffer.from("data: x\n\n".repeat(20))], { maxStreamBytes: 100 })).rejects.toBeInstanceOf(
      StreamTooLarge,
    );
  });

  it("drops a last event that no blank line ends", async () => {
    expect((await eventsIn([Buffer.from("data: 1\n\ndata: 2\n")])).events.map(({ data }) => data)).toEqual(["1"]);
  });

  it("counts comments", async () => {
    expect((await eventsIn([Buffer.from(": keep-alive\n\n:\n\n")])).comments).toBe(2);
  });
});
