import { describe, expect, it } from "vitest";
import { classify } from "../../../src/local-backend/agent/classify.ts";
import { languageOf } from "../../../src/local-backend/agent/language.ts";
import { readMessage } from "../../../src/local-backend/agent/message.ts";

const withTimeline = { exists: true, hasFreshMedia: false };
const empty = { exists: false, hasFreshMedia: false };

describe("a message on an existing timeline", () => {
  it.each([
    ['Add a title "Urban Dreams"', { kind: "title", text: "Urban Dreams" }],
    ["添加标题：城市之梦", { kind: "title", text: "城市之梦" }],
    ["Please add some upbeat background music at 40%", { kind: "add_music", mood: "upbeat", volume: 0.4 }],
    ["加上舒缓的背景音乐", { kind: "add_music", mood: "calm", volume: null }],
    ["Remove the music", { kind: "remove_music" }],
    ["去掉背景音乐", { kind: "remove_music" }],
    ["Set the music volume to 20%", { kind: "volume", change: 0.2 }],
    ["把音量调到百分之50", { kind: "volume", change: 0.5 }],
    ["make the music louder", { kind: "volume", change: "up" }],
    ["Trim it to 12 seconds", { kind: "trim", toMs: 12_000 }],
    ["剪短到10秒", { kind: "trim", toMs: 10_000 }],
    ["Reorder the clips.", { kind: "reorder" }],
    ["Please do this for me: drag and drop clips to reorder them.", { kind: "reorder" }],
    ["Swap the first two scenes", { kind: "reorder" }],
    ["请帮我完成：拖拽片段可以调整顺序。", { kind: "reorder" }],
    ["make it punchier", { kind: "restyle" }],
    ["Can you make it punchier?", { kind: "restyle" }],
    ["make it punchier\n\nMusic: epic.", { kind: "add_music", mood: "epic", volume: null }],
  ])("is the edit that it asks for: %s", (text, edit) => {
    expect(classify(text, withTimeline)).toEqual({ kind: "edit", edits: [edit] });
  });

  it("is several edits when it asks for several", () => {
    const intent = classify('Add a title "Hi", add lo-fi music and trim it to 8 s', withTimeline);
    expect(intent).toMatchObject({
      kind: "edit",
      edits: [{ kind: "title" }, { kind: "add_music" }, { kind: "trim", toMs: 8000 }],
    });
  });

  it.each([
    ["Change the aspect ratio to 16:9", 1920, 1080],
    ["改成竖屏 9:16", 1080, 1920],
    ["make it square", 1080, 1080],
    ["use 21:9", 1920, 822],
  ])("is made anew for another aspect ratio: %s", (text, widthPx, heightPx) => {
    expect(classify(text, withTimeline)).toEqual({ kind: "reformat", widthPx, heightPx });
  });

  it.each(["How long is the video?", "时间线上有几个镜头？"])(
    "is answered when it asks about the timeline: %s",
    (text) => {
      expect(classify(text, withTimeline)).toEqual({ kind: "answer", about: "timeline" });
    },
  );

  it.each([
    "Make a video about the history of tea",
    "A morning in Kyoto.",
    "The river runs slowly past the old town.\n\nAspect ratio 9:16.",
  ])("generates anew when it orders no edit: %s", (text) => {
    expect(classify(text, withTimeline).kind).toBe("generate");
  });
});

describe("a message without a timeline", () => {
  it.each([
    "A morning in Kyoto.",
    "Is coffee good for you? Let us find out.",
    "What makes a city feel alive?",
    "Use less plastic.\n\nMusic: lo-fi.",
    "杭州的早晨，雾气弥漫。",
    "make a video about credit cards",
    "explain how exports boost Japan's economy",
  ])("generates: %s", (text) => {
    expect(classify(text, empty).kind).toBe("generate");
  });

  it.each([
    ["What can you do?", "help"],
    ["你好", "help"],
    ["Add a title", "nothing_to_edit"],
  ])("is answered in words: %s", (text, about) => {
    expect(classify(text, empty)).toEqual({ kind: "answer", about });
  });

  it.each(["Add music and a title", "Trim to 5 seconds", "make it square"])(
    "is about the files that wait to be used, even where a timeline exists: %s",
    (text) => {
      expect(classify(text, { exists: true, hasFreshMedia: true }).kind).toBe("generate");
      expect(classify("How long is the video?", { exists: true, hasFreshMedia: true }).kind).toBe("answer");
    },
  );

  it("is an order to generate where files wait to be used", () => {
    expect(classify("Add music and a title", { exists: false, hasFreshMedia: true }).kind).toBe("generate");
  });
});

describe("the wishes of a message that generates", () => {
  const wishes = (text: string) => {
    const intent = classify(text, empty);
    return intent.kind === "generate" ? intent.wishes : null;
  };

  it("are read from its instructions", () => {
    const text =
      "Turn this script into a 30 s explainer:\n\nTea is old.\n\nAspect ratio 16:9. Resolution 720p.\nMusic: calm piano at 25%.";
    expect(wishes(text)).toEqual({
      widthPx: 1280,
      heightPx: 720,
      durationMs: 30_000,
      music: "calm",
      volume: 0.25,
      title: null,
    });
  });

  it("are read from the sentences that a caller's options become, after the script", () => {
    const text = "A morning in Kyoto.\n\nAspect ratio 4:5. Resolution 720p. About 12 seconds long. Music: upbeat.";
    expect(wishes(text)).toEqual({
      widthPx: 720,
      heightPx: 900,
      durationMs: 12_000,
      music: "upbeat",
      volume: null,
      title: null,
    });
  });

  it("are read from Chinese ones too", () => {
    const text = "把这段文字做成20秒的视频：\n\n茶的历史很长。\n\n画面比例 1:1。\n不要背景音乐。";
    expect(wishes(text)).toEqual({
      widthPx: 1080,
      heightPx: 1080,
      durationMs: 20_000,
      music: "none",
      volume: null,
      title: null,
    });
  });

  it.each([
    "Turn this into a vertical 30 s explainer with calm music.\n\nTea is old.\n\nAspect ratio 16:9. About 45 seconds long. Music: upbeat. These settings count wherever the words above differ.",
    "做一个30秒的竖屏视频，配舒缓的音乐。\n\n茶的历史很长。\n\n画面比例 16:9。时长约 45 秒。音乐：欢快。如与上文不一致，以这些设置为准。",
  ])("are what its settings name, where prose says otherwise: %s", (text) => {
    expect(wishes(text)).toMatchObject({ widthPx: 1920, heightPx: 1080, durationMs: 45_000, music: "upbeat" });
    expect(readMessage(text).script).toHaveLength(1);
  });

  it("are not read from the script itself", () => {
    const text =
      "Our app loads in 2 seconds. It fits a screen of any size, in landscape too. People love the music of their city.";
    expect(wishes(text)).toEqual({
      widthPx: null,
      heightPx: null,
      durationMs: null,
      music: null,
      volume: null,
      title: null,
    });
  });
});

it.each([
  ["Hello there", "en"],
  ["给视频加上 BGM", "zh"],
  ["Un vídeo sobre café", "en"],
  ["Visit 杭州 in the spring, when the lake is green and quiet", "en"],
])("answers %s in its language", (text, language) => {
  expect(languageOf(text)).toBe(language);
});
