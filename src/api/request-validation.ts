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
    const result = z.safeParse(schema, place === "body" && data === null ? undefined : data, { error: inWords });
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

/** What zod says of the commonest faults, in words for people. What a schema says of its own comes first; undefined leaves it to zod. */
function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  const unless = issue.input === undefined ? "is missing; it " : "";
  switch (issue.code) {
    case "invalid_type":
      return `${unless}must be ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `${unless}must be ${listed(issue.values)}`;
    case "too_small":
      if (issue.origin === "string" && issue.minimum === 1) return "must not be empty";
      return `must ${measures[issue.origin] ?? "be"} at least ${issue.minimum}${units[issue.origin] ?? ""}`;
    case "too_big":
      return `must ${measures[issue.origin] ?? "be"} at most ${issue.maximum}${units[issue.origin] ?? ""}`;
    case "invalid_format":
    case "not_multiple_of":
    case "unrecognized_keys":
    case "invalid_key":
    case "invalid_element":
    case "invalid_union":
    case "custom":
      return undefined;
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: "a text in quotes",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};
const measures: Readonly<Record<string, string>> = { string: "have", array: "have" };
const units: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

function listed(values: readonly z.core.util.Primitive[]): string {
  const quoted = values.map((value) => (typeof value === "string" ? JSON.stringify(value) : String(value)));
  return quoted.length === 1 ? quoted.join("") : `one of ${quoted.join(", ")}`;
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
