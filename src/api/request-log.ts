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
  app.addHook("onRequest", async (request, reply) => logWhenClosed(request, reply));
}

export function logWhenClosed(request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once("close", () => logRequest(request, reply));
}

/** The path without the query, which may hold anything; bounded. */
export function pathOf({ url }: FastifyRequest): string {
  return url.split("?", 1)[0]?.slice(0, maxPathChars) ?? "";
}

function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const facts = factsOfRequests.get(request);
  const isFailure = reply.statusCode >= 500 || facts?.["err"] !== undefined;
  const line = {
    method: request.method,
    route: request.routeOptions.url ?? null,
    path: pathOf(request),
    status: reply.raw.headersSent ? reply.statusCode : null,
    outcome: outcomeOf(reply, isFailure),
    durationMs: Math.round(reply.elapsedTime),
    ...facts,
  };
  const isProbe = line.route === "/livez" || line.route === "/readyz";
  if (isFailure) request.log.error(line, "request");
  else if (isProbe) request.log.debug(line, "request");
  else request.log.info(line, "request");
}

function outcomeOf({ raw }: FastifyReply, isFailure: boolean): "answered" | "cut off" | "client gone" {
  if (raw.writableFinished) return "answered";
  return isFailure ? "cut off" : "client gone";
}
