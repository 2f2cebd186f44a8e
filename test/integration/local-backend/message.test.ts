import { describe, expect, it } from "vitest";
import { outputWishesSchema } from "../../../src/domain/job-request.ts";
import { messageText, type MessageParts } from "../../../src/domain/message-text.ts";
import { skillNameSchema } from "../../../src/domain/skill.ts";
import { readMessage } from "../../../src/local-backend/agent/message.ts";
import { titleIn, topicOf } from "../../../src/local-backend/agent/topic.ts";
import { wishesOf } from "../../../src/local-backend/agent/wishes.ts";

const shown = (text: string) => readMessage(text).script.map((block) => block.text);
const topic = (text: string) => topicOf(readMessage(text).toEditor);
const title = (text: string) => titleIn(readMessage(text).toEditor);

describe("of what a service says, only the script is shown", () => {
  const wishes = { aspect_ratio: "9:16", resolution: "720p", duration_s: 30 } as const;
  const uploads = [{ kind: "image/png" }, { kind: "video/mp4" }];
  const parts = (given: Partial<MessageParts>, music: string): MessageParts => ({
    skill: "ai-to-video",
    script: null,
    instruction: null,
    uploads: null,
    output: outputWishesSchema.parse({ ...wishes, music }),
    ...given,
  });
  const languages = [
    {
      script: "The sea is deep.\n\nIt is blue.",
      instruction: "Make a 12 second video.",
      music: "calm piano. No drums",
    },
    { script: "海很深。\n\n海很蓝。", instruction: "把这段文字做成12秒的视频。", music: "舒缓的钢琴。不要鼓" },
  ];

  for (const { script, instruction, music } of languages) {
    const blocks = script.split("\n\n");

    it.each(skillNameSchema.options)(`with the skill %s: ${script}`, (skill) => {
      for (const files of [null, uploads]) {
        expect(shown(messageText(parts({ skill, script, uploads: files }, music)))).toEqual(blocks);
        expect(shown(messageText(parts({ skill, script, instruction, uploads: files }, music)))).toEqual(blocks);
      }
      expect(shown(messageText(parts({ skill, instruction }, music)))).toEqual([]);
      for (const given of [uploads, uploads.slice(0, 1), uploads.slice(1), [{ kind: "audio/mpeg" }]]) {
        const text = messageText(parts({ skill, uploads: given }, music));
        expect([shown(text), topic(text)]).toEqual([[], null]);
      }
    });

    it(`and what it wishes is understood: ${script}`, () => {
      const text = messageText(parts({ script, instruction }, music));
      expect(text).toMatch(/count wherever|为准/);
      expect(wishesOf(text)).toMatchObject({ widthPx: 720, heightPx: 1280, durationMs: 30_000, music: "calm" });
    });
  }

  it("an exact size in the settings counts over one in the instruction", () => {
    const text = "Make a video in 1920x1080.\n\nThe sea.\n\nResolution 360x640.";
    expect(wishesOf(text)).toMatchObject({ widthPx: 360, heightPx: 640 });
    expect(wishesOf(text.replace("360x640", "720p"))).toMatchObject({ widthPx: 720, heightPx: 1280 });
  });
});

describe("what is said to the editor is not shown", () => {
  it.each([
    ["Make it calm.\n\nThe sea is deep.", ["The sea is deep."]],
    ["Please turn the following script into a video:\n\nThe sea is deep.", ["The sea is deep."]],
    ["Make a 30 second video. Script:\nThe sea is deep.", ["The sea is deep."]],
    ["Make a video: Make it yours.", ["Make it yours."]],
    ["Make a video.\n- 30 seconds\n- upbeat music\n\nThe sea is deep.", ["The sea is deep."]],
    ["Make a promo. Audience: beginners. Highlight the price.\n\nThe sea is deep.", ["The sea is deep."]],
    ["Make a promo. It is for beginners. Use calm music.\n\nThe sea is deep.", ["The sea is deep."]],
    ["Make a 3 second video. Harbour. Resolution 128x72.", ["Harbour."]],
    ["The sea is deep.\n\nMake a 30 second video of this. Vertical.", ["The sea is deep."]],
    ["Make a 20 second video about the long and winding history of\ntea in China.\n\nTea is old.", ["Tea is old."]],
    ["把这段做成视频：海很深。", ["海很深。"]],
    ["请把这段做成一个竖屏视频，加上标题“海边”。\n海很深。", ["海很深。"]],
    ["做成轻松的风格\n\n海很深。", ["海很深。"]],
    ["Make a 6 second slideshow video from the uploaded photos.", []],
    ["Make it punchy.", []],
    ["Trim to 5 seconds with upbeat music.", []],
  ])("%j", (text, script) => {
    expect(shown(text)).toEqual(script);
  });

  it.each([
    "Turn your phone into a movie studio. Create a video in minutes.",
    "Make every clip count. Edit faster.",
    "Add music to your life. Keep it simple.",
    "30 seconds. That's all it takes.",
    "We meet in 30 seconds.",
    "Cut it into cubes. Combine the eggs and the milk.",
    "Turn it into a habit. It pays.",
    "Make a wish, and film it. A clip is enough.",
    "Put the music on. Dance.",
    "This is a video about tea. Tea is old.",
    "Let it go.\n\nA new day begins.",
    "Urban Dreams\n\nThe city wakes.\n\nMake it yours.",
    "The specs\n\n- Resolution: 1080p\n- Music: 40 hours",
    "Note: the sea is deep.",
    "用视频记录生活。每天一分钟。",
    "做饭的时候，她看视频。",
    "海边的夜，她听着音乐",
    "她参加音乐会",
  ])("but what speaks to the audience is: %j", (text) => {
    expect(shown(text).join(" ")).toBe(text.replaceAll("- ", "").replaceAll(/\s+/g, " "));
  });
});

it("after an order, what the script ends with stays", () => {
  for (const words of ["We danced to music.", "How long? 30 seconds.", "Start with a smile."])
    expect(shown(`Make a video.\n\n${words}`)).toEqual([words]);
});

describe("the topic of a request without a script", () => {
  it.each([
    ["Make a video about credit cards", "Credit cards"],
    ["Make a 20 second video about living in Japan, in 9:16, with calm music and captions.", "Living in Japan"],
    ["explain how exports boost Japan's economy", "How exports boost Japan's economy"],
    ["give me a video of a sunset", "A sunset"],
    ["Make a short film about tea.", "Tea"],
    ["Create a short product demo video, 16:9.", "Product demo"],
    ["A calm sunset over the lake with soft music, 15 seconds", "A calm sunset over the lake"],
    ["做一个关于信用卡积分的视频", "信用卡积分"],
    ["做个视频，主题是积分兑换", "积分兑换"],
    ["生成一个下载教程视频", "下载教程"],
    ["海边的日落，配舒缓的音乐，15秒", "海边的日落"],
    ["Make a 4 second video of this clip with a title and soft music.", null],
    ["Make a slideshow of everything", null],
    ["用这些照片做一个轻松的视频", null],
  ])("%s", (text, expected) => {
    expect([shown(text), topic(text)]).toEqual([[], expected]);
  });
});

describe("a title that is asked for", () => {
  it.each([
    ["Make a slideshow with the title “Summer 2025” and soft music.", "Summer 2025"],
    ['Make a video titled "What now?" from these.\n\nThe sea is deep.', "What now?"],
    ["Make a video with the title 'Paradise Found'.", "Paradise Found"],
    ["Turn these photos into a video with the title Summer in Rome. 12 seconds.", "Summer in Rome"],
    ["Use “Summer 2025” as the title. Make a 5 second slideshow.", "Summer 2025"],
    ['Cut this into a reel called "Goal!" with fast cuts.', "Goal!"],
    ["Title: Summer 2025\n\nWe left at dawn.", "Summer 2025"],
    ["The sea is deep.\n\nAdd the title “Deep”.", "Deep"],
    ["做一个视频，标题为“海边的一天”。", "海边的一天"],
    ["把照片做成幻灯片，加上标题“海边的一天”，配欢快的音乐", "海边的一天"],
    ["把照片做成幻灯片，以《海边的一天》为标题", "海边的一天"],
    ["Make a slideshow without a title.", ""],
    ["Make a video with a title and music.", null],
    ["Make a video about a dog called “Rex”.", null],
    ["Make a video.\n\nShe read a book with the title “Dune” all night.", null],
  ])("%s", (text, expected) => {
    expect(title(text)).toBe(expected);
  });

  it("holds no wishes", () => {
    const text = "Make a video with the title “24/7 epic music in 30 seconds”.";
    expect(wishesOf(text)).toMatchObject({ widthPx: null, durationMs: null, music: null });
  });
});
