import { z } from "zod";
import type { SkillName } from "../domain/skill.ts";
import { dataIn } from "./answer-data.ts";
import type { Asker } from "./ask.ts";

/** `frozen` is reserved by work that is running. */
export type Credits = { available: number; frozen: number; total: number };

const creditsSchema = z
  .object({ available: z.number(), frozen: z.number().nullish(), total: z.number().nullish() })
  .transform(({ available, frozen, total }) => ({
    available,
    frozen: frozen ?? 0,
    total: total ?? available + (frozen ?? 0),
  }));

/** The balance of the account behind an identity; null asks for the current one. */
export async function readCredits(
  asker: Asker,
  input: { identityId: string | null; skill: SkillName; signal: AbortSignal },
): Promise<Credits> {
  const { text } = await asker.ask({
    endpoint: "credits",
    method: "GET",
    path: "/api/credits/balance/simple",
    userId: null,
    ...input,
  });
  return dataIn(text, "credits", creditsSchema);
}
