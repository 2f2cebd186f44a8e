import path from "node:path";
import { skillNamed, type SkillName } from "../domain/skill.ts";

/** The headers that say on whose behalf a call is made. Without any one of them, export is refused with 402. */
export type Attribution = {
  "X-Skill-Source": string;
  "X-Skill-Version": string;
  "X-Skill-Platform": string;
};

/**
 * What `X-Skill-Platform` says: an explicit setting wins, else the folder that the skill is installed in tells.
 * Throws when the setting cannot be a header, without which export would look like a matter of the plan.
 */
export function platformOf(install: { setting: string | undefined; installPath: string; homeDir: string }): string {
  const { setting, installPath, homeDir } = install;
  if (setting !== undefined && setting.trim() !== "") {
    if (!/^[\x20-\x7e]+$/.test(setting.trim())) throw new Error("SKILL_SOURCE must be printable ASCII");
    return setting.trim();
  }
  if (isBelow(installPath, path.join(homeDir, ".clawhub"))) return "clawhub";
  if (isBelow(installPath, path.join(homeDir, ".cursor", "skills"))) return "cursor";
  return "unknown";
}

export function attributionOf(skill: SkillName, platform: string): Attribution {
  return {
    "X-Skill-Source": skill,
    "X-Skill-Version": skillNamed(skill).version,
    "X-Skill-Platform": platform,
  };
}

function isBelow(child: string, parent: string): boolean {
  const relative = path.relative(parent, child);
  return relative !== "" && relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
