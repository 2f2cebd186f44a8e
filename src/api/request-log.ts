import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Beyond this a path is not one of ours. */
const maxPathChars = 200;

type Facts = Record<string, unknown>;
const factsOfRequests = new WeakMap<FastifyRequest, Facts>();

/** Adds to the log line of a request. Neither credentials nor anything of a body belongs there. */
export function noteFact(request: FastifyRequest, facts: Facts): void {
  factsOfRequests.set(request, { ...factsOfRequests.get(request), ...facts });
}

/**
 * One wide line per request, when its connection is done with it. Not from Fastify's `onResponse`, since that stays silent
 * where the client has gone, as it does at the end of most event streams.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.raw.once("close", () => logRequest(request, reply));
  });
}

function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const finished = reply.raw.writableFinished;
  const line = {
    method: request.method,
    route: request.routeOptions.url ?? null,
    path: request.url.split("?", 1)[0]?.slice(0, maxPathChars),
    status: reply.raw.headersSent ? reply.statusCode : null,
    outcome: finished ? "answered" : "client gone",
    durationMs: Math.round(reply.elapsedTime),
    ...factsOfRequests.get(request),
  };
  const isProbe = line.route === "/livez" || line.route === "/readyz";
  if (reply.statusCode >= 500) request.log.error(line, "request");
  else if (isProbe) request.log.debug(line, "request");
  else request.log.info(line, "request");
}
