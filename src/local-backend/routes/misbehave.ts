import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Fault } from "../faults.ts";

/** What a fault does to an answer once the work is done. Streams of messages see to it themselves (`event-stream.ts`). */
export async function breakAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const { fault } = request;
  if (fault === null) return payload;
  if (fault.hang === "after") await new Promise(() => {});
  if (fault.reset_after === true) {
    request.raw.socket.resetAndDestroy();
    return payload;
  }
  if (fault.after_work === true) return replaceAnswer(reply, fault);
  if (fault.cut_after_bytes === undefined) return payload;
  const isStream = payload instanceof Readable;
  const whole = isStream ? payload : Readable.from([Buffer.from(String(payload))]);
  if (!isStream) reply.header("content-length", Buffer.byteLength(String(payload)));
  return Readable.from(firstBytes(whole, fault.cut_after_bytes, request.raw.socket));
}

/** Status, headers and body that a fault asks for. */
export function replaceAnswer(reply: FastifyReply, fault: Fault): string {
  const status = fault.status ?? 200;
  const body = fault.body ?? { code: fault.code ?? status, message: "Told to answer so" };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  reply
    .code(status)
    .header("content-type", typeof body === "string" ? "text/plain" : "application/json")
    .header("content-length", Buffer.byteLength(text))
    .headers(fault.headers ?? {});
  return text;
}

async function* firstBytes(source: AsyncIterable<Buffer>, limit: number, socket: Socket): AsyncGenerator<Buffer> {
  let left = limit;
  for await (const chunk of source) {
    if (left > 0) yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left > 0) continue;
    socket.destroySoon();
    return;
  }
}
