import { z } from "zod";
import { requestLimits } from "./job-request.ts";
import { formatNames } from "./media-type.ts";
import { skillNamed, skillNameSchema, type SkillName } from "./skill.ts";

const inputSchema = z.enum([...formatNames, "url"]).meta({ id: "InputFormat" });
const sentences = z.array(z.string()).min(1);

/** A skill as callers see it: what it is good at, and everything that it takes and promises. */
const skillShape = z.object({
  object: z.literal("skill"),
  name: skillNameSchema.describe("`skill` of a job."),
  title: z.string(),
  version: z.string(),
  description: z.string(),
  limits: z
    .object({
      file_bytes: z.int().describe("The largest file."),
      script_chars: z.int().describe("The longest script, documents and pages included."),
      instruction_chars: z.int(),
      files: z.int().describe("In one job."),
      urls: z.int().describe("In one job."),
    })
    .meta({ id: "SkillLimits" }),
  takes: z
    .array(inputSchema)
    .describe("Formats of files, recognised by content; `url` is the address of such a file, or of a page."),
  best_inputs: z.array(inputSchema).describe("Those of them that it is made for."),
  promise: z
    .object({ text: z.string(), min_s: z.int(), max_s: z.int() })
    .describe("How long it usually takes, in words and as a range in seconds.")
    .meta({ id: "SkillPromise" }),
  tips: sentences,
  starting_point: z.string().describe("What to try first."),
  try_saying: z
    .object({ en: sentences, zh: sentences })
    .describe("Instructions to begin with, in English and Chinese.")
    .meta({ id: "TrySaying" }),
});
export const skillViewSchema = skillShape.meta({ id: "Skill", examples: [viewOfSkill("text-to-video-capcut")] });

export type SkillView = z.infer<typeof skillShape>;

export function viewOfSkill(name: SkillName): SkillView {
  const skill = skillNamed(name);
  const { textChars, instructionChars, files, urls } = requestLimits;
  return {
    object: "skill",
    name,
    title: skill.title,
    version: skill.version,
    description: skill.description,
    limits: {
      file_bytes: skill.largestFileBytes,
      script_chars: textChars,
      instruction_chars: instructionChars,
      files,
      urls,
    },
    takes: [...formatNames, "url"],
    best_inputs: [...skill.bestInputs],
    promise: { text: skill.promise.text, min_s: skill.promise.minS, max_s: skill.promise.maxS },
    tips: [...skill.tips],
    starting_point: skill.startingPoint,
    try_saying: { en: [...skill.trySaying.en], zh: [...skill.trySaying.zh] },
  };
}
