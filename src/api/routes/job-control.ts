import { z } from "zod";
import { JobFailure } from "../../domain/failure.ts";
import { jobIdSchema } from "../../domain/id.ts";
import { jobViewSchema } from "../../domain/job-view.ts";
import type { ApiDeps } from "../dependencies.ts";
import { answerOnce, fingerprintOf, idempotencyHeaders } from "../idempotency.ts";
import { acceptedAnswer, viewOf } from "../job-answer.ts";
import { answers, problems, type Api } from "../openapi-answers.ts";
import { retryJob } from "../retry-job.ts";
import { findJob, jobParams } from "./jobs.ts";

const retrySchema = z
  .strictObject({
    resend: z
      .boolean()
      .default(false)
      .describe("Send the message again although it may have been carried out, and charged, before."),
  })
  .prefault({})
  .meta({ id: "RetryRequest" });

export function addJobControlRoutes(app: Api, deps: ApiDeps): void {
  app.route({
    method: "POST",
    url: "/v1/jobs/:id/cancel",
    schema: {
      operationId: "cancelJob",
      tags: ["jobs"],
      summary: "Cancel a job",
      description:
        "A job that was not begun is `canceled` at once. One that runs has `cancel_requested` and ends as soon as its stage has stopped, if it does not finish before.",
      params: jobParams,
      headers: idempotencyHeaders,
      response: {
        202: answers("The cancel was accepted; the job as it is now.", jobViewSchema),
        ...problems(
          "invalid_request",
          "unauthorized",
          "not_found",
          "job_finished",
          "idempotency_conflict",
          "idempotency_mismatch",
          "internal_error",
        ),
      },
    },
    handler: async (request, reply) => {
      const { tenant, params } = request;
      await answerOnce(deps.idempotency, request, reply, {
        fingerprint: fingerprintOf({ cancel: params.id }),
        newId: () => deps.newId("op"),
        make: async () => {
          const canceled = await deps.control.cancel(tenant, params.id);
          if (canceled === null) throw new JobFailure("not_found", `There is no job ${params.id}.`);
          const { outcome, stored } = canceled;
          if (outcome === "finished") throw new JobFailure("job_finished", `${stored.job.id} is ${stored.job.status}.`);
          return { status: 202, body: viewOf(stored), location: null };
        },
      });
      return reply;
    },
  });

  app.route({
    method: "POST",
    url: "/v1/jobs/:id/retry",
    schema: {
      operationId: "retryJob",
      tags: ["jobs"],
      summary: "Retry a job",
      description:
        "Makes a new job that goes on at the stage which failed. What was made is kept, and not paid for again: a failed export renders again for nothing.",
      params: jobParams,
      headers: idempotencyHeaders,
      body: retrySchema,
      response: {
        202: answers("The new job, with `retry_of`.", jobViewSchema),
        ...problems(
          "invalid_request",
          "unauthorized",
          "not_found",
          "job_not_finished",
          "nothing_to_retry",
          "resend_required",
          "idempotency_conflict",
          "idempotency_mismatch",
          "internal_error",
        ),
      },
    },
    handler: async (request, reply) => {
      const { tenant, params, body, log } = request;
      await answerOnce(deps.idempotency, request, reply, {
        fingerprint: fingerprintOf({ retryOf: params.id, ...body }),
        newId: () => deps.newId("job"),
        make: async (id) => {
          const { job: original } = await findJob(deps, tenant, params.id);
          const retry = { tenant, id: jobIdSchema.parse(id), original, resend: body.resend };
          return acceptedAnswer(await retryJob({ ...deps, log }, retry));
        },
      });
      return reply;
    },
  });
}
