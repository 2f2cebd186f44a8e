import { describe, expect, it } from "vitest";
import { z } from "zod";
import { answerText } from "../../../src/domain/answer-text.ts";
import { sessionViewSchema, type SessionView } from "../../../src/domain/session.ts";

const [example] = z.array(z.unknown()).parse(sessionViewSchema.meta()?.examples);
const session = (fields: Partial<SessionView>): SessionView => ({ ...sessionViewSchema.parse(example), ...fields });
const asOf = "2025-11-03T09:15:02.310Z";

describe("an answer in words", () => {
  it.each([
    [{ available: 850, frozen: 0 }, "You have 850 credits.", "可用积分 850。"],
    [{ available: 1, frozen: 0 }, "You have 1 credit.", "可用积分 1。"],
    [
      { available: 850, frozen: 100 },
      "You have 850 credits, and 100 more are reserved by running work.",
      "可用积分 850，另有 100 被进行中的任务冻结。",
    ],
  ])("tells the balance: %j", (credits, english, chinese) => {
    expect(answerText({ action: "credits", ...credits }, false, "en")).toBe(english);
    expect(answerText({ action: "credits", ...credits }, false, "zh")).toBe(chinese);
  });

  it.each([
    ["active", "Timeline (1 track)", "Timeline (1 track)"],
    ["active", null, "There is nothing on the timeline of this session yet."],
    ["empty", null, "There is nothing on the timeline of this session yet."],
    ["dropped", "Timeline (kept)", `The backend has dropped this session. As of ${asOf}: Timeline (kept)`],
    ["dropped", null, "The backend has dropped this session."],
    ["unknown", "Timeline (kept)", `The backend could not be asked just now. As of ${asOf}: Timeline (kept)`],
    ["unknown", null, "The backend could not be asked just now."],
  ] as const)("tells what is on the timeline: %s, %s", (state, summary, text) => {
    const said = { action: "state", session: session({ state, as_of: asOf }), summary } as const;
    expect(answerText(said, false, "en")).toBe(text);
    expect(answerText(said, false, "zh")).toMatch(/\p{Script=Han}|^Timeline/u);
  });

  it.each(["export", "upload", "message"] as const)("says what is on its way: %s", (action) => {
    expect(answerText({ action }, false, "en")).toMatch(/on (its|their) way/);
    expect(answerText({ action }, false, "zh")).toMatch(/^\p{Script=Han}.*。$/u);
  });

  it("adds that files are uploaded meanwhile", () => {
    const said = { action: "state", session: session({ state: "active" }), summary: "Timeline (1 track)" } as const;
    expect(answerText(said, true, "en")).toBe("The files are on their way into the session. Timeline (1 track)");
    expect(answerText({ action: "message" }, true, "zh")).toMatch(/^文件正在上传到会话。\p{Script=Han}/u);
  });
});
