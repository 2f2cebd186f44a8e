import { describe, expect, it } from "vitest";
import { attributionOf, platformOf } from "../../../src/backend-client/attribution.ts";

describe("names the platform", () => {
  it.each([
    ["/home/u/.clawhub/skills/reelay", undefined, "clawhub"],
    ["/home/u/.cursor/skills/reelay", undefined, "cursor"],
    ["/home/u/.cursor/other/reelay", undefined, "unknown"],
    ["/home/u/.clawhub-old/reelay", undefined, "unknown"],
    ["/home/other/.clawhub/reelay", undefined, "unknown"],
    ["/srv/reelay", undefined, "unknown"],
    ["/home/u/.clawhub/reelay", "internal", "internal"],
    ["/srv/reelay", " ", "unknown"],
  ])("%s with the setting %o is %s", (installPath, setting, expected) => {
    expect(platformOf({ setting, installPath, homeDir: "/home/u" })).toBe(expected);
  });
});

it.each(["é", "line\nbreak"])("refuses the setting %j, which could be no header", (setting) => {
  expect(() => platformOf({ setting, installPath: "/", homeDir: "/home/u" })).toThrow("SKILL_SOURCE");
});

it("says for which skill, in which version and on which platform", () => {
  expect(attributionOf("ai-to-video", "cursor")).toEqual({
    "X-Skill-Source": "ai-to-video",
    "X-Skill-Version": "1.0.0",
    "X-Skill-Platform": "cursor",
  });
});
