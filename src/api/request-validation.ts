import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";
import { InvalidRequest, type RequestIssue } from "./invalid-request.ts";

/** A body can be wrong in thousands of places; these bounds keep the answer readable, and small. */
const maxIssues = 20;
const maxTextChars = 200;

const placeOf: Record<string, RequestIssue["in"]> = {
  body: "body",
  querystring: "query",
  params: "path",
  headers: "header",
};

/** Fastify's validator: requests are checked against, and replaced by the output of, their zod schemas. */
export const validateRequest: FastifySchemaCompiler<z.core.$ZodType> = ({ schema, httpPart }) => {
  const place = placeOf[httpPart ?? "body"] ?? "body";
  return (data) => {
    // Fastify hands over null where a request has no body; some routes do without.
    const result = z.safeParse(schema, place === "body" && data === null ? undefined : data);
    if (result.success) return { value: result.data };
    return { error: new InvalidRequest(issuesOf(result.error.issues, place, data)) };
  };
};

function issuesOf(issues: readonly z.core.$ZodIssue[], place: RequestIssue["in"], data: unknown): RequestIssue[] {
  if (place === "body" && data === null) {
    return [{ in: place, path: "", message: "it is missing: send a JSON object" }];
  }
  return issues.flatMap((issue) => spreadOut(issue, place)).slice(0, maxIssues);
}

/** Zod reports all unknown fields of an object as one issue of that object; callers want to see each. */
function spreadOut(issue: z.core.$ZodIssue, place: RequestIssue["in"]): RequestIssue[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ in: place, path: pathOf(issue.path), message: cut(issue.message) }];
  }
  return issue.keys.slice(0, maxIssues).map((key) => ({
    in: place,
    path: pathOf([...issue.path, key]),
    message: "there is no such field",
  }));
}

function pathOf(path: readonly PropertyKey[]): string {
  // Header names hold hyphens, which the notation for paths in a body would put into brackets.
  return cut(path.length === 1 ? String(path[0]) : z.core.toDotPath(path));
}

function cut(text: string): string {
  return text.length <= maxTextChars ? text : `${text.slice(0, maxTextChars)}…`;
}
