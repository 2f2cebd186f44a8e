import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { describeFailure, type FailureCode } from "../domain/failure.ts";
import { problemPath, problemSchema, problemType } from "./problem.ts";

/** Fastify with requests and answers typed by their zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

type Answer<Schema extends z.ZodType> = {
  description: string;
  content: Record<string, { schema: Schema }>;
};

export function answers<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  contentType = "application/json",
): Answer<Schema> {
  return { description, content: { [contentType]: { schema } } };
}

export function noContent(description: string): z.ZodUndefined {
  return z.undefined().describe(description);
}

/** The problems that a route may answer, as its documented responses: one per status, saying which codes it stands for. */
export function problems(...codes: FailureCode[]): Record<number, Answer<z.ZodType>> {
  const byStatus = Map.groupBy(codes, (code) => describeFailure(code).status);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      answers(describe(ofStatus), problemWith(status, ofStatus), problemType),
    ]),
  );
}

/** What a question to the backend may end in. */
export const backendProblems = [
  "backend_auth",
  "backend_forbidden",
  "backend_rejected",
  "backend_protocol",
  "backend_unavailable",
  "rate_limited",
] as const satisfies FailureCode[];

function describe(codes: readonly FailureCode[]): string {
  return codes.map((code) => `\`${code}\`: ${describeFailure(code).title}`).join("\n\n");
}

/** A problem of HTTP's own, whose code stands at another status in the catalogue. */
export function invalidRequest(status: number, description: string): Record<number, Answer<z.ZodType>> {
  return { [status]: answers(description, problemWith(status, ["invalid_request"]), problemType) };
}

function problemWith(status: number, codes: readonly FailureCode[]): z.ZodType {
  const examples = codes.map((code) => ({
    type: problemPath(code),
    title: describeFailure(code).title,
    status,
    code,
    advice: describeFailure(code).advice,
    request_id: "req_01k8pvmd3yf5t8b7q2n4h6j9wx",
    ...(status === 400 && { detail: exampleIssue.detail, errors: [exampleIssue.issue] }),
  }));
  return z.intersection(problemSchema, z.object({ code: z.enum(codes) })).meta({ examples });
}

const exampleIssue = {
  detail: "`input.urls[2]` (body): must be an absolute http or https URL.",
  issue: { in: "body", path: "input.urls[2]", message: "must be an absolute http or https URL" },
};
