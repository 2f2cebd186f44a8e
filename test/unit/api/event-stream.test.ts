import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { expect, it } from "vitest";
import { frameOf, framesOf } from "../../../src/api/event-stream.ts";
import type { KeptJobEvent } from "../../../src/domain/job-event.ts";

it("frames any text so that a parser gives it back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const kept: KeptJobEvent = { id: "1-0", event: { type: "job.text", text } };
      const seen: unknown[] = [];
      const parser = createParser({
        onEvent: ({ id, event, data }) => seen.push({ id, event, data: JSON.parse(data) }),
      });
      parser.feed(frameOf(kept));
      expect(seen).toEqual([{ id: "1-0", event: "job.text", data: kept.event }]);
    }),
  );
});

it("asks for the next event only when the one before was taken", async () => {
  let asked = 0;
  const events: AsyncIterator<KeptJobEvent> = {
    next: async () => {
      asked += 1;
      return { done: false, value: { id: `${asked}-0`, event: { type: "job.queued" } } };
    },
  };
  const frames = framesOf(events, null, 60_000);
  await frames.next();
  expect(asked).toBe(0);
  await frames.next();
  expect(asked).toBe(1);
  await frames.return(undefined);
});

it("lets go of the events when the reader does", async () => {
  let returned = false;
  const events: AsyncIterator<KeptJobEvent> = {
    next: async () => ({ done: false, value: { id: "1-0", event: { type: "job.queued" } } }),
    return: async () => {
      returned = true;
      return { done: true, value: undefined };
    },
  };
  const frames = framesOf(events, null, 60_000);
  await frames.next();
  await frames.next();
  await frames.return(undefined);
  expect(returned).toBe(true);
});
