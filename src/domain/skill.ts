import { z } from "zod";

const MiB = 1024 * 1024;

/** The five front doors of the backend. Name and version go out as attribution with every call made for a job. */
const skills = {
  "text-to-video-capcut": { version: "1.0.0", largestFileBytes: 200 * MiB },
  "ai-to-video": { version: "1.0.0", largestFileBytes: 50 * MiB },
  "generator-capcut": { version: "1.0.0", largestFileBytes: 500 * MiB },
  "image-to-video-capcut": { version: "1.0.0", largestFileBytes: 200 * MiB },
  "ai-video-creator-online": { version: "1.0.0", largestFileBytes: 500 * MiB },
} as const;

export type SkillName = keyof typeof skills;
export type Skill = {
  readonly name: SkillName;
  readonly version: string;
  readonly largestFileBytes: number;
};

// `Object.keys` forgets the type of the keys.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const skillNames = Object.keys(skills) as [SkillName, ...SkillName[]];
export const skillNameSchema = z.enum(skillNames).meta({ id: "SkillName" });
export const defaultSkill: SkillName = "text-to-video-capcut";

/** The largest file that any skill takes: the limit of `POST /v1/files`, where the skill is not known yet. */
export const largestFileBytes = Math.max(...Object.values(skills).map((skill) => skill.largestFileBytes));

export function skillNamed(name: SkillName): Skill {
  return { name, ...skills[name] };
}
