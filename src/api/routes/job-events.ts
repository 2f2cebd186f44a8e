import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { jobEventSchema } from "../../domain/job-event.ts";
import type { ApiDeps, ApiLimits } from "../dependencies.ts";
import { framesOf, type OpenStreams } from "../event-stream.ts";
import { answers, noContent, problems, type Api } from "../openapi-answers.ts";
import { noteFact } from "../request-log.ts";
import { hasEnded } from "../../domain/job.ts";
import { findJob, jobParams } from "./jobs.ts";

const eventPositionSchema = z
  .string()
  .regex(/^\d{1,20}-\d{1,20}$/, "must be the `id` of an event of this stream")
  .optional();

const positionHeaders = z.looseObject({
  "last-event-id": eventPositionSchema.describe(
    "Go on after this event. Browsers send it on their own when they connect again.",
  ),
});
const positionQuery = z.strictObject({
  last_event_id: eventPositionSchema.describe("The same, for clients that cannot set the header."),
});

export function addJobEventRoutes(app: Api, deps: ApiDeps, { heartbeatMs }: ApiLimits, streams: OpenStreams): void {
  app.route({
    method: "GET",
    url: "/v1/jobs/:id/events",
    exposeHeadRoute: false,
    schema: {
      operationId: "watchJob",
      tags: ["jobs"],
      summary: "Watch a job live",
      description:
        "Server-Sent Events, from the first one or the one after `Last-Event-ID`, until the job has ended. The `event` of each is its `type`.",
      params: jobParams,
      headers: positionHeaders,
      querystring: positionQuery,
      response: {
        200: answers("A stream of events; each one's `data` is one of these.", jobEventSchema, "text/event-stream"),
        204: noContent("The job has ended, and you have seen everything: do not connect again."),
        ...problems("invalid_request", "unauthorized", "not_found", "too_many_requests", "internal_error"),
      },
    },
    handler: async (request, reply) => {
      const { tenant, params, query, headers } = request;
      const signal = streams.open(reply);
      const { job } = await findJob(deps, tenant, params.id);
      const afterId = headers["last-event-id"] ?? query.last_event_id ?? null;
      const events = deps.events.follow(tenant, params.id, { afterId, signal });
      const iterator = events[Symbol.asyncIterator]();
      // Only of a job that has ended is it known at once whether there is anything left to say.
      const first = hasEnded(job) ? await iterator.next() : null;
      if (first?.done === true) return reply.code(204).send();

      sendEventStream(request, reply, Readable.from(framesOf(iterator, first, heartbeatMs)));
      return reply;
    },
  });
}

function sendEventStream(request: FastifyRequest, reply: FastifyReply, stream: Readable): void {
  stream.once("error", (err) => noteFact(request, { err }));
  void reply.type("text/event-stream; charset=utf-8").header("x-accel-buffering", "no").send(stream);
}
