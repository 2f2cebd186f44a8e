import { z } from "zod";
import { JobFailure } from "../../domain/failure.ts";
import { skillNameSchema } from "../../domain/skill.ts";
import { skillViewSchema, viewOfSkill } from "../../domain/skill-view.ts";
import { answers, problems, type Api } from "../openapi-answers.ts";

/** Any text, since what is no skill is not there rather than malformed. */
const skillParams = z.object({ name: z.string().min(1).max(100) });

const skillPageSchema = z
  .object({
    object: z.literal("list"),
    data: z.array(skillViewSchema),
    has_more: z.literal(false),
    next_cursor: z.null(),
  })
  .meta({ id: "SkillPage", description: "All skills: there is one page." });

export function addSkillRoutes(app: Api): void {
  app.route({
    method: "GET",
    url: "/v1/skills",
    schema: {
      operationId: "listSkills",
      tags: ["skills"],
      summary: "List the skills",
      description: "What each is made for, what it takes, how large a file may be, how long it takes, and what to try.",
      response: {
        200: answers("All skills.", skillPageSchema),
        ...problems("unauthorized", "internal_error"),
      },
    },
    handler: () => ({
      object: "list" as const,
      data: skillNameSchema.options.map(viewOfSkill),
      has_more: false as const,
      next_cursor: null,
    }),
  });

  app.route({
    method: "GET",
    url: "/v1/skills/:name",
    schema: {
      operationId: "getSkill",
      tags: ["skills"],
      summary: "Read a skill",
      params: skillParams,
      response: {
        200: answers("The skill.", skillViewSchema),
        ...problems("invalid_request", "unauthorized", "not_found", "internal_error"),
      },
    },
    handler: ({ params }) => {
      const name = skillNameSchema.safeParse(params.name).data;
      if (name !== undefined) return viewOfSkill(name);
      throw new JobFailure("not_found", `There is no such skill. There are: ${skillNameSchema.options.join(", ")}.`);
    },
  });
}
