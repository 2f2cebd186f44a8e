import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hintCodes, hintSchema } from "../../../src/domain/hint.ts";
import { hintsFor, withWholeScript, type HintedFile, type HintedInput } from "../../../src/domain/hints-for.ts";
import { defaultSkill, skillNameSchema } from "../../../src/domain/skill.ts";

const mime = { mp4: "video/mp4", mkv: "video/x-matroska", avi: "video/x-msvideo", mov: "video/quicktime" };
const clip = (seconds?: number): HintedFile => ({
  mime: mime.mp4,
  ...(seconds !== undefined && { durationMs: seconds * 1000 }),
});
const photos = (count: number): HintedFile[] => Array.from({ length: count }, () => ({ mime: "image/jpeg" }));
const script = (words: number): string => Array.from({ length: words }, (_, at) => `word${at}`).join(" ");

const plain: HintedInput = { skill: defaultSkill, script: null, instruction: null, files: [] };
const codes = (input: Partial<HintedInput>): string[] => hintsFor({ ...plain, ...input }).map(({ code }) => code);
const messages = (input: Partial<HintedInput>): string[] =>
  hintsFor({ ...plain, ...input }).map(({ message }) => message);

describe("each tip of the protocol becomes a hint from its bound on", () => {
  it("a script of 100 words is long", () => {
    expect(codes({ script: script(99) })).toEqual([]);
    expect(codes({ script: script(100) })).toEqual(["script_long"]);
    expect(messages({ script: script(240) })).toEqual([expect.stringMatching(/240 words; .* under 100/)]);
  });

  it("clips are long together, as far as it is known how long they are", () => {
    const skill = "generator-capcut";
    expect(codes({ skill, files: [clip(29.9)] })).toEqual([]);
    expect(codes({ skill, files: [clip(30)] })).toEqual(["clip_long"]);
    expect(codes({ skill, files: [clip(15), clip(), clip(15)] })).toEqual(["clip_long"]);
    expect(messages({ skill, files: [clip(75)] })).toEqual([expect.stringContaining("75 s")]);
    expect(codes({ skill, files: [clip(), { mime: "audio/mpeg", durationMs: 600_000 }] })).toEqual([]);
  });

  it("ten images are many, of whatever format", () => {
    const skill = "image-to-video-capcut";
    expect(codes({ skill, files: photos(9) })).toEqual([]);
    expect(codes({ skill, files: [...photos(9), { mime: "image/heic" }] })).toEqual(["many_images"]);
    expect(messages({ skill, files: photos(12) })).toEqual([expect.stringContaining("12 images; fewer than 10")]);
  });

  it("clips other than MP4 play in fewer places, but for those that the skill takes best", () => {
    expect(codes({ skill: "generator-capcut", files: [{ mime: mime.mkv }] })).toEqual(["format_plays_less"]);
    expect(codes({ skill: "generator-capcut", files: [{ mime: mime.avi }, { mime: mime.mov }] })).toEqual([]);
    expect(messages({ skill: "ai-video-creator-online", files: [{ mime: mime.avi }, { mime: mime.avi }] })).toEqual([
      expect.stringMatching(/which AVI does not/),
    ]);
  });
});

describe("chinese", () => {
  const sentence = "清晨的港口还在沉睡，渔船却已经出海。";
  it("is counted in words, of which it has fewer than characters", () => {
    expect(codes({ script: sentence.repeat(6) })).toEqual([]);
    expect(codes({ script: sentence.repeat(16) })).toEqual(["script_long"]);
  });
});

describe("a skill that is made for something else", () => {
  it.each([
    ["text-to-video-capcut", { files: [clip()] }, "For clips, take generator-capcut."],
    ["text-to-video-capcut", { files: photos(1) }, "For photos, take image-to-video-capcut."],
    ["generator-capcut", { script: "A tale." }, "For a script, take text-to-video-capcut."],
    ["generator-capcut", { files: [{ mime: "application/pdf" }] }, "For a script, take text-to-video-capcut."],
    ["text-to-video-capcut", { files: photos(5), script: "Buy." }, "take ai-video-creator-online."],
    ["image-to-video-capcut", { files: [...photos(1), clip()] }, "For photos and clips, take ai-video-creator-online."],
  ] as const)("%s of %j says which one is better", (skill, input, expected) => {
    const hints = hintsFor({ ...plain, skill, ...input });
    expect(hints).toEqual([{ code: "input_not_best", message: expect.stringContaining(expected) }]);
    expect(hints[0]?.message).toMatch(new RegExp(`^${skill} is best at [A-Z0-9, ]+\\. `));
  });

  it.each([
    ["text-to-video-capcut", { script: "A tale.", files: [{ mime: "audio/mpeg" }] }],
    ["ai-to-video", { files: [{ mime: "text/html" }] }],
    ["generator-capcut", { files: [clip()], instruction: "Cut it to 10 s." }],
    ["image-to-video-capcut", { files: photos(2) }],
    ["ai-video-creator-online", { script: "Buy.", files: [...photos(2), clip()] }],
    ["generator-capcut", { instruction: "Add the title “Kyoto”." }],
  ] as const)("is not what %s is for %j", (skill, input) => {
    expect(codes({ skill, ...input })).toEqual([]);
  });
});

describe("an instruction", () => {
  it.each([
    "make it look better",
    "Make it nice!",
    "Please make my video look a lot better",
    "improve this",
    "fix it",
    "Can you make it pop?",
    "make a cool video",
    "do something awesome with these photos",
    "just make it more professional please",
    "弄好看点",
    "把视频弄得好看一点",
    "帮我优化一下",
    "请把这段视频剪得高级一点，谢谢",
    "讓影片更好看",
    "幫我弄得專業一點",
    "make this 视频 更好看",
  ])("without a content is vague: %s", (instruction) => {
    expect(codes({ instruction })).toEqual(["vague_instruction"]);
  });

  it.each([
    "Make the title bigger",
    "make it shorter",
    "make it vertical and better",
    "Add upbeat music at 30 %",
    "Make a nice video about otters",
    "Make a video",
    "Improve the lighting in the second scene",
    "Turn this script into a calm 30 s video with soft music.",
    "remove the music",
    "16:9",
    "",
    "剪短一点",
    "加点音乐",
    "做一个关于美食的视频，好看一点",
    "把标题改成“你好”",
    "做一个30秒的视频",
  ])("that says what to do is not: %j", (instruction) => {
    expect(codes({ instruction })).toEqual([]);
  });

  it("may stand where the script is", () => {
    expect(codes({ script: "Make it better." })).toEqual(["vague_instruction"]);
    expect(codes({ script: "Make it better.", instruction: "Use cross-fades." })).toEqual([]);
  });
});

it("never throws, and says each thing once, whatever it is given", () => {
  const input = fc.record({
    skill: fc.constantFrom(...skillNameSchema.options),
    script: fc.option(fc.string({ unit: "grapheme" })),
    instruction: fc.option(fc.string({ unit: "grapheme" })),
    files: fc.array(
      fc.record({
        mime: fc.oneof(fc.constantFrom(...Object.values(mime), "image/png", "text/plain"), fc.string()),
        durationMs: fc.option(fc.nat(), { nil: undefined }),
      }),
    ),
  });
  fc.assert(
    fc.property(input, (given) => {
      const hints = hintSchema.array().parse(hintsFor(given));
      expect(new Set(hints.map(({ code }) => code)).size).toBe(hints.length);
    }),
  );
});

it("gives each of its hints for some input", () => {
  const files = [...photos(10), { mime: mime.mkv, durationMs: 40_000 }];
  const all = codes({ script: script(200), instruction: "make it nice", files });
  expect(all.toSorted()).toEqual(hintCodes.toSorted());
});

describe("once the whole script is known", () => {
  const given = hintsFor({ ...plain, script: script(120), instruction: "make it nice" });

  it("speaks of that one instead of a part of it", () => {
    const [first, ...others] = withWholeScript(given, script(300));
    expect(first).toEqual({ code: "script_long", message: expect.stringContaining("300 words") });
    expect(others).toEqual(given.slice(1));
    expect(withWholeScript(withWholeScript(given, script(300)), script(300))).toHaveLength(2);
  });

  it("leaves the other hints alone", () => {
    expect(withWholeScript([], "Short.")).toEqual([]);
    expect(withWholeScript(given, "Short.")).toEqual(given.slice(1));
  });
});
