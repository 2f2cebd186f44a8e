import { expect } from "vitest";
import { problemSchema, type Problem } from "../../src/api/problem.ts";

/** The problem that a response holds; fails when it is not a complete problem document. */
export async function problemIn(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json\b/);
  const problem = problemSchema.strict().parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.request_id).toBe(response.headers.get("x-request-id"));
  return problem;
}
