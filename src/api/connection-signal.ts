import type { FastifyReply } from "fastify";

/**
 * Aborts when the connection is done with this reply, sent or not. (`request.signal` will not do: it aborts as soon as the
 * whole request was read.)
 */
export function connectionSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => controller.abort());
  if (reply.raw.closed) controller.abort();
  return controller.signal;
}
