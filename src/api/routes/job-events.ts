import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
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
  app.get(
    "/v1/jobs/:id/events",
    {
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
    },
    async (request, reply) => {
      const { tenant, params, query, headers } = request;
      const signal = streams.open(reply);
      const { job } = await findJob(deps, tenant, params.id);
      const afterId = headers["last-event-id"] ?? query.last_event_id ?? null;
      const events = deps.events.follow(tenant, params.id, { afterId, signal });
      const iterator = events[Symbol.asyncIterator]();
      // Only of a job that has ended is it known at once whether there is anything left to say.
      const first = hasEnded(job) ? await iterator.next() : null;
      if (first?.done === true) return reply.code(204).send();

      const stream = Readable.from(framesOf(iterator, first, heartbeatMs));
      stream.once("error", (err) => noteFact(request, { err }));
      reply
        .type("text/event-stream; charset=utf-8")
        .header("cache-control", "no-store")
        .header("x-accel-buffering", "no")
        // A watched job keeps its connection for minutes, and a stopping service must not wait for an idle one after it.
        .header("connection", "close");
      sendStream(reply, stream);
      return reply;
    },
  );
}

/** The type of the answer is that of an event, not of the stream of them. */
function sendStream(reply: FastifyReply, stream: Readable): void {
  reply.send(stream);
}
