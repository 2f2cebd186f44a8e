import { describe, expect, it } from "vitest";
import { readReply, silentReply } from "../../../src/workers/message-reply.ts";

const summary = "Timeline (1 track): 1. Video: harbour (0-6s)";
const credits = { available: 850, frozen: 0, total: 850 };
const known = { summary, credits };

describe("a reply for the user of an editor", () => {
  it("says the timeline in place of what would show it", () => {
    const { text, actions } = readReply("Your video is done. Open the Timeline panel to see it.", known, "en");
    expect(text).toContain(`Your video is done. ${summary}`);
    expect(text).not.toMatch(/panel/i);
    expect(actions).toEqual(["read_state"]);
  });

  it.each([
    ["en", "I've added a title. You can check your account page for remaining credits.", "850 credits"],
    ["zh", "已添加标题。您可以在账户页面查看剩余积分。", "可用积分 850"],
  ] as const)("says the balance in place of where it stands (%s)", (language, said, answer) => {
    const { text, actions } = readReply(said, known, language);
    expect(text).toContain(answer);
    expect(text).not.toMatch(/account page|账户页面/);
    expect(actions).toEqual(["read_credits"]);
  });

  it("leaves out what there is no answer to", () => {
    const said = "Done. Open the Timeline panel to see it. You can check your account page for remaining credits.";
    expect(readReply(said, { summary: null, credits: null }, "en").text).toBe("Done.");
  });

  it("asks for an edit where it wants one done by hand", () => {
    expect(readReply("Done. Drag and drop clips to reorder them.", known, "en").edit).toMatch(/reorder/i);
    expect(readReply("Done. Drag and drop your files into the media panel.", known, "en").edit).toBeNull();
    expect(readReply("Done.", known, "en").edit).toBeNull();
  });

  it("stays what it is without talk of an editor", () => {
    const said = "  A video about a drag race,\nand how to export tea. ";
    expect(readReply(said, known, "en")).toEqual({ text: said, actions: [], edit: null });
  });
});

it.each([
  [["Title added: A", "BGM removed: B"], true, "en", "Title added: A\nBGM removed: B"],
  [[], true, "en", "The timeline was changed."],
  [[], false, "en", "Nothing on the timeline has changed."],
  [[], true, "zh", "时间线已更改。"],
  [[], false, "zh", "时间线没有变化。"],
] as const)("silence is answered with what changed: %j, %s, %s", (changes, isChanged, language, text) => {
  expect(silentReply(changes, isChanged, language)).toBe(text);
});
