import { expect, it } from "vitest";
import { largestFileBytes, skillNamed, skillNameSchema } from "../../../src/domain/skill.ts";

it("every skill has the name, the version and the largest file that the protocol gives", () => {
  const mebibyte = 1024 * 1024;
  const skills = skillNameSchema.options.map((name) => {
    const skill = skillNamed(name);
    return [skill.name, skill.version, skill.largestFileBytes / mebibyte];
  });
  expect(skills).toEqual([
    ["text-to-video-capcut", "1.0.0", 200],
    ["ai-to-video", "1.0.0", 50],
    ["generator-capcut", "1.0.0", 500],
    ["image-to-video-capcut", "1.0.0", 200],
    ["ai-video-creator-online", "1.0.0", 500],
  ]);
  expect(largestFileBytes).toBe(500 * mebibyte);
});
