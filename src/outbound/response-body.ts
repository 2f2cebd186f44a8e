import { Transform, type Readable } from "node:stream";
import type { Deadline } from "./deadline.ts";
import { OutboundError } from "./outbound-error.ts";
import { toOutboundError } from "./transport-errors.ts";

/** Reads at most `maxBytes`. Once a status is there, a body that breaks off changes nothing: it is only marked. */
export async function readStart(source: Readable, maxBytes: number): Promise<{ body: Buffer; complete: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let complete = false;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, maxBytes - bytes));
      bytes += chunk.length;
      if (bytes > maxBytes) break;
    }
    complete = bytes <= maxBytes;
  } catch {
    // Cut off: by the other side or by the deadline.
  }
  return { body: Buffer.concat(chunks), complete };
}

/** Passes a body on until it exceeds `maxBytes` or the deadline's signal ends it; either is an `OutboundError`. */
export function limitBody(source: Readable, declaredBytes: number, maxBytes: number, deadline: Deadline): Readable {
  const tooLarge = (): OutboundError => new OutboundError("too_large", `The answer is larger than ${maxBytes} bytes.`);
  if (declaredBytes > maxBytes) {
    discard(source);
    throw tooLarge();
  }
  let bytes = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
  source.once("error", (error) => {
    const failure = toOutboundError(error);
    limited.destroy(failure instanceof Error ? failure : error);
  });
  limited.once("close", () => {
    deadline.end();
    discard(source);
  });
  return source.pipe(limited);
}

/** Destroying a body that is not read to its end makes it report an abort, which is no news. */
export function discard(body: Readable): void {
  body.on("error", () => {}).destroy();
}
