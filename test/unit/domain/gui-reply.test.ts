import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionsIn, editAskedFor, guiReply, withoutGuiTalk } from "../../../src/domain/gui-reply.ts";
import { guiActions, type ReplyPart } from "../../../src/domain/reply-part.ts";
import { replyText } from "../../../src/domain/reply-text.ts";
import { sentencesOf } from "../../../src/domain/sentence.ts";
import { harmlessReplies, replies } from "./gui-reply-cases.ts";

const words = ["Your", "video", "v1.5", "3.5", "s", "e.g.", "https://example.com/a.b?c=d", "**Done.**", "你好", "🎬"];
const marks = [".", "!", "?", "...", "?!", "。", "！", "”", '"', "“", "'", ")", "（", "）", "*", ":", "，", "\uD83C"];
const spaces = [" ", "  ", "\n", "\r\n", "\n\n", "\t", "\n- ", "\n1. "];

/** Text as replies have it, none of it about an editor. */
const harmless = fc
  .array(fc.constantFrom(...words, ...marks, ...spaces), { maxLength: 60 })
  .map((parts) => parts.join(""));

/** Text with instructions at any place. */
const talk = fc
  .array(fc.constantFrom(...words, ...marks, ...spaces, ...replies.map(([reply]) => reply)), { maxLength: 20 })
  .map((parts) => parts.join(""));

const anyText = fc.oneof(harmless, talk, fc.string({ unit: "grapheme" }));

const written = (parts: readonly ReplyPart[]) =>
  parts.map((part) => (part.kind === "text" ? part.text : part.instruction)).join("");

it("text without talk of an editor comes back unchanged, to the letter", () => {
  fc.assert(
    fc.property(harmless, (text) => {
      expect(withoutGuiTalk(text)).toEqual({ text, actions: [] });
    }),
  );
});

describe("any text", () => {
  it("is what its sentences and its parts make up, to the letter", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(sentencesOf(text).join("")).toBe(text);
        expect(written(guiReply(text).parts)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("asks for each action once, and is shown without the instructions, whichever are answered", () => {
    const answers = fc.dictionary(
      fc.constantFrom(...guiActions),
      fc.constantFrom("Timeline (0 tracks)", "共 3 分。", ""),
    );
    fc.assert(
      fc.property(anyText, answers, (text, given) => {
        const { parts } = guiReply(text);
        const actions = actionsIn(parts);
        expect(new Set(actions).size).toBe(actions.length);
        const shown = replyText(parts, given);
        if (actions.length === 0) expect(shown).toBe(text);
        else expect(shown).toBe(shown.trim());
        editAskedFor(parts);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a sentence of talk about an editor becomes the action that it asks for", () => {
  it.each([
    ["Click the Export button in the top right corner to download your video.", "export"],
    ["When you are happy with it, click **Export**.", "export"],
    ["Use the export button to save it.", "export"],
    ["You can check your account page for remaining credits.", "read_credits"],
    ["Open billing to see your plan.", "read_credits"],
    ["Drag and drop clips to reorder them.", "edit"],
    ["Try dragging the clip to the end.", "edit"],
    ["You can preview it in the player.", "show_tracks"],
    ["Preview your changes in the timeline.", "show_tracks"],
    ["Open the Timeline panel to fine-tune each scene.", "read_state"],
    ["Now click the magic icon.", "press"],
    ["点击右上角的导出按钮即可下载视频。", "export"],
    ["满意后请点击“导出”。", "export"],
    ["您可以在账户页面查看剩余积分。", "read_credits"],
    ["请查看您的账单。", "read_credits"],
    ["拖拽片段可以调整顺序。", "edit"],
    ["您可以在播放器中预览。", "show_tracks"],
    ["打开时间线面板查看修改。", "read_state"],
    ["点击播放按钮。", "show_tracks"],
  ] as const)("%s", (instruction, action) => {
    expect(withoutGuiTalk(instruction)).toEqual({ text: "", actions: [action] });
    const [before, after] = ["The music plays at 35%, for 3.5 s.", "It lasts 10 s."];
    expect(withoutGuiTalk(`${before} ${instruction} ${after}`)).toEqual({
      text: `${before} ${after}`,
      actions: [action],
    });
  });
});

describe("what was made stays, instructions go, and the actions come out", () => {
  it.each(replies)("%j", (reply, shown, actions) => {
    expect(withoutGuiTalk(reply)).toEqual({ text: shown, actions });
  });

  it.each([
    [
      'Your video "Rivers" is done: 4 scenes. You can preview it in the player. Click the Export button to download it.',
      'Your video "Rivers" is done: 4 scenes.',
      ["show_tracks", "export"],
    ],
    [
      "视频《河流》已制作完成：共 4 个镜头。打开时间线面板可以微调每个镜头，满意后请点击“导出”。",
      "视频《河流》已制作完成：共 4 个镜头。",
      ["read_state", "export"],
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
  ])("in %j", (reply, text, actions) => {
    expect(withoutGuiTalk(reply)).toEqual({ text, actions });
  });
});

it.each(harmlessReplies)("what is about the video passes to the letter: %j", (reply) => {
  expect(withoutGuiTalk(reply)).toEqual({ text: reply, actions: [] });
  expect(withoutGuiTalk(`${reply}\n\nClick Export.`)).toEqual({ text: reply.trim(), actions: ["export"] });
});

it("an action that is asked for twice is named once", () => {
  expect(withoutGuiTalk("Click Export. Then click the Export button again.").actions).toEqual(["export"]);
});

it("an instruction is in the backend's words, what surrounds it is not", () => {
  expect(guiReply("I've added the title, and you can click **Export** to download it.").parts).toEqual([
    { kind: "text", text: "I've added the title, and " },
    { kind: "action", action: "export", instruction: "you can click **Export** to download it" },
    { kind: "text", text: "." },
  ]);
});

describe("the answer of an action stands in place of its first instruction", () => {
  const answers = {
    show_tracks: "Timeline (1 track): 1. Video: a (0-3s)",
    read_state: "时间线（0 条轨道）",
    read_credits: "You have 40 credits.",
  };

  it.each([
    ["You can preview it in the player.", `${answers.show_tracks}.`],
    ["You can preview it in the player", answers.show_tracks],
    ["Done. Preview it in the player. Enjoy!", `Done. ${answers.show_tracks}. Enjoy!`],
    ["I've added the title, and you can check your account for credits.", "I've added the title. You have 40 credits."],
    ["Check your billing page, or just tell me what to change.", "You have 40 credits. Just tell me what to change."],
    [
      "Preview it in the player, or just tell me what to change.",
      `${answers.show_tracks}. Just tell me what to change.`,
    ],
    ["Preview it in the player. Then preview it again.", `${answers.show_tracks}.`],
    ["标题已添加，请打开时间线面板。谢谢！", "标题已添加。时间线（0 条轨道）。谢谢！"],
    ["1. Click Export\n2. Check your account page\n3. Enjoy it", "1. You have 40 credits.\n2. Enjoy it"],
  ])("%j", (reply, shown) => {
    expect(replyText(guiReply(reply).parts, answers)).toBe(shown);
  });
});

describe("an edit by hand can be asked of the backend", () => {
  it.each([
    ["You can drag the sunset clip to the start.", "Please do this for me: drag the sunset clip to the start."],
    [
      "Looks good! Just drag and drop **the logo** to the end, then click Export.",
      "Please do this for me: drag and drop the logo to the end.",
    ],
    ["Try dragging the clip to the end.", "Please do this for me: drag the clip to the end."],
    ["To reorder them, drag the clips. Or drag the title.", "Please do this for me: to reorder them, drag the clips."],
    ["您可以将日落片段拖到开头。", "请帮我完成：将日落片段拖到开头。"],
    ["Click Export.", null],
    ["Drag your files into the media panel.", null],
    ["请把文件拖拽到素材面板。", null],
  ])("%j", (reply, message) => {
    expect(editAskedFor(guiReply(reply).parts)).toBe(message);
  });

  it("in the language that is wished for", () => {
    const { parts } = guiReply("Drag the clip to the end.");
    expect(editAskedFor(parts, "zh")).toBe("请帮我完成：drag the clip to the end。");
  });
});

// In quadratic time it would take minutes, for which every other job of the process would wait.
it.each([
  ...'click |open |preview |see |press |点击|预览|打开|账户|."|.)| \n| |\n|: |, |，|"|\'|“a |[a](|https://|1. |\n1. |- |**|and '.split(
    "|",
  ),
  "Click Export. ",
  "click Export, ",
  "I like it, and you can click Export, ",
  "Done: click Export\n",
  "\n1. Click Export",
  "Ready? ",
  "当",
  "drag the ",
  "you can ",
  "，点击导出",
  "(click Export) ",
])("a long text takes no longer for being made of %j", (unit) => {
  const text = `${unit.repeat(200_000 / unit.length)}the end`;
  const { parts } = guiReply(text);
  expect(written(parts)).toBe(text);
  expect(replyText(parts, { export: "Done" }).length).toBeLessThanOrEqual(text.length + 4);
});
