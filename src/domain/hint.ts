import { z } from "zod";

/** Advice that comes with a job and never blocks it: what would make it faster, better or play in more places. */
export const hintCodes = [
  "script_long",
  "clip_long",
  "many_images",
  "vague_instruction",
  "format_plays_less",
  "input_not_best",
] as const;

export const hintSchema = z
  .object({
    code: z.enum(hintCodes).describe("Stable: what to switch on."),
    message: z.string().describe("The advice in words."),
  })
  .meta({ id: "Hint" });
export type Hint = z.infer<typeof hintSchema>;
