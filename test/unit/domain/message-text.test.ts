import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outputWishesSchema } from "../../../src/domain/job-request.ts";
import { messageText, type MessageParts } from "../../../src/domain/message-text.ts";
import { defaultSkill, skillNameSchema } from "../../../src/domain/skill.ts";

const output = { format: "mp4", quality: "high" } as const;
const nothing: MessageParts = { skill: defaultSkill, script: null, instruction: null, output, uploads: null };
const text = (parts: Partial<MessageParts>): string => messageText({ ...nothing, ...parts });
const uploads = (...kinds: string[]): { kind: string }[] => kinds.map((kind) => ({ kind }));

describe("the message to the backend", () => {
  const wishes = { ...output, aspect_ratio: "9:16", resolution: "1080p", duration_s: 30, music: "lo-fi" } as const;

  it("is the instruction, the script and the wishes, in this order", () => {
    expect(text({ script: "The script.", instruction: "Make it calm.", output: wishes })).toBe(
      "Make it calm.\n\nThe script.\n\nAspect ratio 9:16. Resolution 1080p. About 30 seconds long. Music: lo-fi.",
    );
  });

  it("is the script alone, to the letter, when nothing else was said", () => {
    const script = "Line one.\n\n  Line two: 你好。";
    expect(text({ script })).toBe(script);
    expect(text({ script, uploads: uploads("image/png") })).toBe(script);
  });

  it("says only the wishes that there are, and neither format nor quality", () => {
    expect(text({ script: "A.", output: { ...output, music: "calm" } })).toBe("A.\n\nMusic: calm.");
    expect(text({ script: "A.", output: { format: "mp4", quality: "low" } })).toBe("A.");
  });

  it("names the wishes in Chinese where the request is Chinese", () => {
    const chinese = "画面比例 9:16。分辨率 1080p。时长约 30 秒。音乐：lo-fi。";
    expect(text({ script: "港口醒来。", output: wishes })).toBe(`港口醒来。\n\n${chinese}`);
    expect(text({ script: "The harbour.", instruction: "做成轻松的风格", output: wishes })).toContain(chinese);
    expect(text({ script: "港口醒来。", instruction: "Make it calm.", output: wishes })).toContain("About 30 seconds");
    expect(text({ script: "港が目を覚ます。", output: wishes })).toContain("About 30 seconds");
    expect(text({ instruction: "Add the title “你好”, please, in white.", output: wishes })).toContain("About 30");
  });
});

describe("a wish that may contradict the instruction", () => {
  const wished = { ...output, duration_s: 45 };

  it.each([
    "Turn this into a 30 s explainer.",
    "Make a 30-second video.",
    "Make it vertical.",
    "Make it 16:9.",
    "Render it in 720p.",
    "Put upbeat music under it.",
  ])("counts, and the message says so: %s", (instruction) => {
    expect(text({ instruction, output: wished })).toBe(
      `${instruction}\n\nAbout 45 seconds long. These settings count wherever the words above differ.`,
    );
  });

  it("says so in Chinese too", () => {
    expect(text({ instruction: "做一个30秒的视频。", output: wished })).toBe(
      "做一个30秒的视频。\n\n时长约 45 秒。如与上文不一致，以这些设置为准。",
    );
  });

  it("is not made much of where the instruction speaks of something else, or where there is no wish", () => {
    expect(text({ instruction: "Use warm colours.", output: wished })).not.toContain("settings");
    expect(text({ instruction: "Make a 30 s explainer." })).toBe("Make a 30 s explainer.");
    expect(text({ script: "She ran for 30 seconds.", output: wished })).not.toContain("settings");
  });
});

describe("files without words", () => {
  it.each([
    [
      "image-to-video-capcut",
      ["image/jpeg", "image/png"],
      "slideshow video from the uploaded photos, with transitions and music.",
    ],
    [
      "generator-capcut",
      ["video/mp4", "audio/mpeg"],
      "video from the uploaded clips, with transitions, text and music.",
    ],
    ["text-to-video-capcut", ["image/png"], "slideshow"],
    ["image-to-video-capcut", ["video/mp4"], "from the uploaded clips"],
    ["generator-capcut", ["image/png", "video/mp4"], "photos and clips"],
    ["ai-video-creator-online", ["image/png"], "promo video"],
    ["ai-to-video", ["audio/mpeg"], "to the uploaded sound"],
    ["ai-to-video", ["image", "unknown"], "slideshow"],
    ["ai-to-video", ["unknown"], "Make a video."],
  ] as const)("%s of %j asks for what the skill is for", (skill, kinds, expected) => {
    expect(text({ skill, uploads: uploads(...kinds) })).toContain(expected);
  });

  it.each([
    ["image-to-video-capcut", ["image/jpeg"], "用上传的照片做一个幻灯片视频，加上转场和音乐。"],
    ["generator-capcut", ["video/mp4"], "用上传的素材做一个视频，加上转场、文字和音乐。"],
    ["ai-video-creator-online", ["image/jpeg"], "用上传的文件做一个宣传片视频，加上转场、文字和音乐。"],
  ] as const)("%s of %j is asked in Chinese where the music is wished for in Chinese", (skill, kinds, expected) => {
    const message = text({ skill, uploads: uploads(...kinds), output: { ...output, music: "舒缓的钢琴" } });
    expect(message).toBe(`${expected}\n\n音乐：舒缓的钢琴。`);
  });

  it("are left to the instruction where there is one", () => {
    expect(text({ instruction: "Cut it.", uploads: uploads("video/mp4") })).toBe("Cut it.");
  });
});

it("images and a script become a promo where the skill is made for that", () => {
  const promo = { skill: "ai-video-creator-online", uploads: uploads("image/png") } as const;
  expect(text({ ...promo, script: "Buy it." })).toBe(
    "Make a promo video from the uploaded files and this script, with transitions, text and music.\n\nBuy it.",
  );
  expect(text({ ...promo, script: "快来买。" })).toMatch(/^用上传的文件和这段文案做一个宣传片视频.*\n\n快来买。$/);
  expect(text({ ...promo, script: "Buy it.", instruction: "Use it." })).toBe("Use it.\n\nBuy it.");
  expect(text({ skill: promo.skill, script: "Buy it." })).toBe("Buy it.");
});

it("holds instruction and script to the letter, and every wish, whatever they are", () => {
  const words = fc.option(fc.string({ unit: "grapheme", minLength: 1 }));
  const wishes = fc.record({
    aspect_ratio: fc.option(fc.constantFrom("9:16", "16:9", "1:1", "4:5"), { nil: undefined }),
    resolution: fc.option(fc.constantFrom("720p", "1080p"), { nil: undefined }),
    duration_s: fc.option(fc.integer({ min: 3, max: 300 }), { nil: undefined }),
    music: fc.option(
      fc.string({ minLength: 1 }).filter((music) => music.trim() === music),
      { nil: undefined },
    ),
  });
  const parts = fc.record({
    skill: fc.constantFrom(...skillNameSchema.options),
    script: words,
    instruction: words,
    uploads: fc.option(fc.array(fc.record({ kind: fc.string() }))),
    wishes,
  });
  fc.assert(
    fc.property(parts, ({ wishes: wished, ...given }) => {
      const message = messageText({ ...given, output: outputWishesSchema.parse(wished) });
      expect(message).not.toBe("");
      for (const part of [given.instruction, given.script, ...Object.values(wished)])
        if (part !== null && part !== undefined) expect(message).toContain(String(part));
    }),
  );
});
