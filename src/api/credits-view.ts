import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { SkillName } from "../domain/skill.ts";
import type { AskBackend } from "./ask-backend.ts";
import type { ApiDeps } from "./dependencies.ts";

/** The credits of an account on the backend, as callers see them. */
export const creditsViewSchema = z
  .object({
    object: z.literal("credits"),
    available: z.number(),
    frozen: z.number().describe("Reserved by work that is running."),
    total: z.number(),
  })
  .meta({ id: "Credits", examples: [{ object: "credits", available: 850, frozen: 100, total: 950 }] });

/** The credits behind an identity; null is the one that new sessions are made with. */
export async function readCredits(
  { backend, ask, reply }: Pick<ApiDeps, "backend"> & { ask: AskBackend; reply: FastifyReply },
  identityId: string | null,
  skill: SkillName,
): Promise<z.infer<typeof creditsViewSchema>> {
  const { available, frozen, total } = await ask(
    reply,
    async (signal) => await backend.credits({ identityId, skill }, signal),
  );
  return { object: "credits", available, frozen, total };
}
