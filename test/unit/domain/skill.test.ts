import { describe, expect, it } from "vitest";
import { languageOfWords } from "../../../src/domain/language.ts";
import { hintsFor } from "../../../src/domain/hints-for.ts";
import { formatNames } from "../../../src/domain/media-type.ts";
import { largestFileBytes, skillNamed, skillNameSchema } from "../../../src/domain/skill.ts";
import { viewOfSkill } from "../../../src/domain/skill-view.ts";

const MB = 1_000_000;
const views = skillNameSchema.options.map(viewOfSkill);

it("every skill has the name, the version and the largest file that the protocol gives", () => {
  expect(views.map(({ name, version, limits }) => [name, version, limits.file_bytes / MB])).toEqual([
    ["text-to-video-capcut", "1.0.0", 200],
    ["ai-to-video", "1.0.0", 50],
    ["generator-capcut", "1.0.0", 500],
    ["image-to-video-capcut", "1.0.0", 200],
    ["ai-video-creator-online", "1.0.0", 500],
  ]);
  expect(largestFileBytes).toBe(500 * MB);
});

it("every skill has the best inputs and the promise, in seconds, that the protocol gives", () => {
  expect(views.map(({ best_inputs, promise }) => [best_inputs.join(" "), promise.min_s, promise.max_s])).toEqual([
    ["txt docx pdf srt", 60, 120],
    ["txt docx pdf url", 60, 120],
    ["mp4 mov avi webm", 30, 60],
    ["jpg png webp heic", 30, 60],
    ["mp4 mov jpg png", 60, 120],
  ]);
});

describe.each(views)("$name", ({ name, takes, best_inputs, limits, tips, try_saying, starting_point, promise }) => {
  it("takes all that Reelay takes, within the limits of a request", () => {
    expect(takes).toEqual([...formatNames, "url"]);
    expect(takes).toEqual(expect.arrayContaining(best_inputs));
    expect(limits).toEqual({
      file_bytes: skillNamed(name).largestFileBytes,
      script_chars: 50_000,
      instruction_chars: 4_000,
      files: 50,
      urls: 50,
    });
  });

  it("says how long it takes, and gives the tips of the protocol", () => {
    expect(promise.text).toMatch(/\d–\d+ (s|min)/);
    expect(tips.join(" ")).toMatch(/under 100 words|under 30 s|Fewer than 10/);
    expect(tips.join(" ")).toMatch(/make it look better.*MP4 plays everywhere/);
    expect(starting_point).toMatch(/\.$/);
  });

  it("gives three to five instructions to begin with in English and in Chinese, none of them vague", () => {
    for (const language of ["en", "zh"] as const) {
      const sayings = try_saying[language];
      expect(sayings.length).toBeGreaterThanOrEqual(3);
      expect(sayings.length).toBeLessThanOrEqual(5);
      for (const instruction of sayings) {
        expect(languageOfWords(instruction), instruction).toBe(language);
        expect(hintsFor({ skill: name, script: null, instruction, files: [] }), instruction).toEqual([]);
      }
    }
  });
});
