import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutGuiTalk } from "../../../src/domain/gui-reply.ts";
import { sentencesOf } from "../../../src/domain/sentence.ts";

const words = ["Your", "video", "v1.5", "3.5", "s", "e.g.", "https://example.com/a.b?c=d", "**Done.**", "你好", "🎬"];
const marks = [".", "!", "?", "...", "?!", "。", "！", "”", '"', ")", "）", "*", "\uD83C"];
const spaces = [" ", "  ", "\n", "\r\n", "\n\n", "\t"];

/** Text as replies have it, none of it about an editor. */
const harmless = fc
  .array(fc.constantFrom(...words, ...marks, ...spaces), { maxLength: 60 })
  .map((parts) => parts.join(""));

it("text without talk of an editor comes back unchanged, to the letter", () => {
  fc.assert(
    fc.property(harmless, (text) => {
      expect(withoutGuiTalk(text)).toEqual({ text, actions: [] });
    }),
  );
});

it("the sentences of any text make up the text", () => {
  fc.assert(
    fc.property(fc.oneof(harmless, fc.string({ unit: "grapheme" })), (text) => {
      expect(sentencesOf(text).join("")).toBe(text);
    }),
  );
});

describe("a sentence of talk about an editor becomes the action that it asks for", () => {
  it.each([
    ["Click the Export button in the top right corner to download your video.", "export"],
    ["When you are happy with it, click **Export**.", "export"],
    ["Use the export button to save it.", "export"],
    ["You can check your account page for remaining credits.", "read_credits"],
    ["Open billing to see your plan.", "read_credits"],
    ["Drag and drop clips to reorder them.", "send_edit"],
    ["Try dragging the clip to the end.", "send_edit"],
    ["You can preview it in the player.", "show_tracks"],
    ["Preview your changes in the timeline.", "show_tracks"],
    ["Open the Timeline panel to fine-tune each scene.", "read_state"],
    ["Now click the magic icon.", "press"],
    ["点击右上角的导出按钮即可下载视频。", "export"],
    ["满意后请点击“导出”。", "export"],
    ["您可以在账户页面查看剩余积分。", "read_credits"],
    ["请查看您的账单。", "read_credits"],
    ["拖拽片段可以调整顺序。", "send_edit"],
    ["您可以在播放器中预览。", "show_tracks"],
    ["打开时间线面板查看修改。", "read_state"],
    ["点击播放按钮。", "press"],
  ] as const)("%s", (talk, action) => {
    expect(withoutGuiTalk(talk)).toEqual({ text: "", actions: [action] });
    const [before, after] = ["The music plays at 35%, for 3.5 s.", "It lasts 10 s."];
    expect(withoutGuiTalk(`${before} ${talk} ${after}`)).toEqual({ text: `${before} ${after}`, actions: [action] });
  });
});

describe("what was made stays", () => {
  it.each([
    [
      'Your video "Rivers" is done: 4 scenes. You can preview it in the player. Click the Export button to download it.',
      'Your video "Rivers" is done: 4 scenes.',
      ["show_tracks", "export"],
    ],
    [
      "视频《河流》已制作完成：共 4 个镜头。打开时间线面板可以微调每个镜头，满意后请点击“导出”。",
      "视频《河流》已制作完成：共 4 个镜头。",
      ["export"],
    ],
    [
      'I\'ve added the title "Rivers of light." Click the Export button.',
      'I\'ve added the title "Rivers of light."',
      ["export"],
    ],
    [
      "The music is calm (and quiet.) Click the Export button. Enjoy!",
      "The music is calm (and quiet.) Enjoy!",
      ["export"],
    ],
    ["**Your video is ready.** Click **Export**.", "**Your video is ready.**", ["export"]],
    ["标题是“河流。”点击导出按钮。", "标题是“河流。”", ["export"]],
    ["Done:\n- 4 scenes\n- Click the Export button\n- music", "Done:\n- 4 scenes\n- music", ["export"]],
  ])("in %j", (reply, text, actions) => {
    expect(withoutGuiTalk(reply)).toEqual({ text, actions });
  });

  it.each([
    "The final export has four scenes.",
    "I opened with a wide shot and previewed three moods.",
    "The video explains how exports boost Japan's economy.",
    "已添加背景音乐，音量 35%。",
    "时间线上共有 4 个镜头。",
  ])("where it only sounds like an editor: %s", (reply) => {
    expect(withoutGuiTalk(reply)).toEqual({ text: reply, actions: [] });
  });
});

it("an action that is asked for twice is named once", () => {
  expect(withoutGuiTalk("Click Export. Then click the Export button again.").actions).toEqual(["export"]);
});

// In quadratic time it would take minutes, for which every other job of the process would wait.
it.each(["click ", "open ", "preview ", "see ", "press ", "点击", "预览", "打开", "账户", '."', ".)", " \n"])(
  "a long text without an end of sentence takes no longer for being made of %j",
  (unit) => {
    const text = `${unit.repeat(400_000 / unit.length)}the end`;
    expect(sentencesOf(text).join("")).toBe(text);
    expect(withoutGuiTalk(text).text.length).toBeLessThanOrEqual(text.length);
  },
);
