import { z } from "zod";
import { describeFailure, failureCodes } from "../../domain/failure.ts";
import { answers, problems, type Api } from "../openapi-answers.ts";

const problemTypeSchema = z
  .object({ code: z.enum(failureCodes), title: z.string(), status: z.int(), advice: z.string() })
  .meta({ id: "ProblemType" });

/** What the `type` of a problem points to. */
export function addProblemTypeRoutes(app: Api): void {
  app.route({
    method: "GET",
    url: "/problems/:code",
    schema: {
      operationId: "getProblemType",
      tags: ["problems"],
      summary: "Explain a kind of problem",
      security: [],
      params: z.object({ code: z.enum(failureCodes) }),
      response: {
        200: answers("What it means, and what to do about it.", problemTypeSchema),
        ...problems("invalid_request", "internal_error"),
      },
    },
    handler: async ({ params: { code } }) => ({ code, ...describeFailure(code) }),
  });
}
