import { z } from "zod";
import { JobFailure, type FailureCode } from "../../domain/failure.ts";
import { jobIdSchema } from "../../domain/id.ts";
import { jobRequestSchema } from "../../domain/job-request.ts";
import { jobViewSchema } from "../../domain/job-view.ts";
import { jobStatuses } from "../../domain/job.ts";
import { acceptJob } from "../accept-job.ts";
import type { ApiDeps, StoredJob } from "../dependencies.ts";
import { answerOnce, fingerprintOf, idempotencyHeaders } from "../idempotency.ts";
import { acceptedAnswer, viewOf } from "../job-answer.ts";
import { answers, problems, type Api } from "../openapi-answers.ts";

const maxPageSize = 100;
const defaultPageSize = 20;

export const jobParams = z.object({ id: jobIdSchema });

const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(maxPageSize).default(defaultPageSize),
  cursor: jobIdSchema.optional().describe("`next_cursor` of the page before."),
  status: z.enum(jobStatuses).optional(),
});

const jobPageSchema = z
  .object({
    object: z.literal("list"),
    data: z.array(jobViewSchema),
    has_more: z.boolean(),
    next_cursor: z.string().nullable().describe("`cursor` of the next page; null on the last one."),
  })
  .meta({ id: "JobPage" });

/** What may come of asking for a job. */
export const acceptanceProblems = [
  "invalid_request",
  "unauthorized",
  "not_found",
  "idempotency_conflict",
  "payload_too_large",
  "file_too_large",
  "unsupported_media_type",
  "file_type_not_supported",
  "file_not_found",
  "url_forbidden",
  "idempotency_mismatch",
  "internal_error",
] as const satisfies FailureCode[];

export function addJobRoutes(app: Api, deps: ApiDeps): void {
  app.route({
    method: "POST",
    url: "/v1/jobs",
    schema: {
      operationId: "createJob",
      tags: ["jobs"],
      summary: "Submit a job",
      description:
        "The job is durable once this has answered 202. Watch it with its events, wait for the webhook, or ask for it.",
      headers: idempotencyHeaders,
      body: jobRequestSchema,
      response: {
        202: answers("The job was accepted.", jobViewSchema),
        ...problems(...acceptanceProblems),
      },
    },
    handler: async (request, reply) => {
      const { tenant, body, log } = request;
      await answerOnce(deps.idempotency, request, reply, {
        fingerprint: fingerprintOf(body),
        newId: () => deps.newId("job"),
        make: async (id) =>
          acceptedAnswer(await acceptJob({ ...deps, log }, { tenant, id: jobIdSchema.parse(id), request: body })),
      });
      return reply;
    },
  });

  app.route({
    method: "GET",
    url: "/v1/jobs/:id",
    schema: {
      operationId: "getJob",
      tags: ["jobs"],
      summary: "Read a job",
      params: jobParams,
      response: {
        200: answers("The job as it is now.", jobViewSchema),
        ...problems("invalid_request", "unauthorized", "not_found", "internal_error"),
      },
    },
    handler: async (request) => viewOf(await findJob(deps, request.tenant, request.params.id)),
  });

  app.route({
    method: "GET",
    url: "/v1/jobs",
    schema: {
      operationId: "listJobs",
      tags: ["jobs"],
      summary: "List jobs, newest first",
      querystring: listQuery,
      response: {
        200: answers("A page of jobs.", jobPageSchema),
        ...problems("invalid_request", "unauthorized", "internal_error"),
      },
    },
    handler: async ({ tenant, query }) => {
      const { jobs, next } = await deps.jobs.list(tenant, {
        limit: query.limit,
        before: query.cursor ?? null,
        status: query.status ?? null,
      });
      return { object: "list" as const, data: jobs.map(viewOf), has_more: next !== null, next_cursor: next };
    },
  });
}

/** Throws `not_found` where the tenant has no such job. */
export async function findJob(
  { jobs }: Pick<ApiDeps, "jobs">,
  tenant: string,
  id: z.infer<typeof jobIdSchema>,
): Promise<StoredJob> {
  const stored = await jobs.load(tenant, id);
  if (stored === null) throw new JobFailure("not_found", `There is no job ${id}.`);
  return stored;
}
