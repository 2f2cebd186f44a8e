import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { describeFailure, failureCodes, type FailureCode, type JobFailure } from "../domain/failure.ts";
import { InvalidRequest, requestPlaces } from "./invalid-request.ts";
import { noteFact } from "./request-log.ts";

export const problemType = "application/problem+json";

const issueSchema = z.object({
  in: z.enum(requestPlaces).describe("The part of the request."),
  path: z.string().describe("Where in that part, such as `input.urls[2]`; empty for the whole of it."),
  message: z.string(),
});

/** Every answer that is not a success, per RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().describe("A URL, relative to this API, that explains this kind of problem."),
    title: z.string().describe("The kind of problem in words; the same for every problem of a code."),
    status: z.int().describe("The HTTP status."),
    code: z.enum(failureCodes).describe("Stable: what to switch on."),
    detail: z.string().optional().describe("What was wrong this time."),
    advice: z.string().describe("What to do about it."),
    request_id: z.string().describe("Quote it when asking for help."),
    errors: z.array(issueSchema).optional().describe("Each thing wrong with the request."),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof problemSchema>;

/** Seconds after which it makes sense to ask again. */
const retryAfterS: Partial<Record<FailureCode, number>> = {
  idempotency_conflict: 1,
  too_many_requests: 5,
  not_ready: 5,
  backend_unavailable: 30,
  rate_limited: 30,
};

/** Where `type` of a problem points to. */
export function problemPath(code: FailureCode): string {
  return `/problems/${code}`;
}

export function problemOf(failure: JobFailure, requestId: string, status?: number): Problem {
  const info = describeFailure(failure.code);
  return {
    type: problemPath(failure.code),
    title: info.title,
    status: status ?? info.status,
    code: failure.code,
    ...(failure.detail === undefined ? {} : { detail: failure.detail }),
    advice: info.advice,
    request_id: requestId,
    ...(failure instanceof InvalidRequest ? { errors: [...failure.issues] } : {}),
  };
}

/** Answers with a problem. `status` replaces the status of the code, for HTTP's finer distinctions such as 416. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, failure: JobFailure, status?: number): void {
  const problem = problemOf(failure, request.id, status);
  noteFact(request, { code: problem.code });
  const retryAfter = retryAfterS[problem.code];
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  void reply
    .code(problem.status)
    .removeHeader("content-disposition")
    .header("x-request-id", request.id)
    .type(problemType)
    .send(JSON.stringify(problem));
}
