import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReplyText } from "../../../src/backend-client/reply-text.ts";
import { splitTrailingIssue } from "../../../src/backend-client/temporary-issue.ts";

type Step = ["piece" | "whole" | "unmarked", string] | "tool";

function joined(steps: readonly Step[], { isNormal = true, maxChars = 10_000 } = {}) {
  const reply = createReplyText({ maxChars });
  let live = "";
  for (const step of steps) {
    if (step === "tool") reply.interrupt();
    else live += reply.add({ type: "text", as: step[0], text: step[1] });
  }
  const end = reply.finish({ isNormal });
  return { live: live + end.rest, ...end };
}

const rows: [rule: string, steps: Step[], expected: string][] = [
  [
    "joins pieces",
    [
      ["piece", "Your "],
      ["piece", "video"],
    ],
    "Your video",
  ],
  [
    "drops the final repeat",
    [
      ["piece", "Your "],
      ["piece", "video"],
      ["whole", "Your video"],
    ],
    "Your video",
  ],
  [
    "drops a second repeat",
    [
      ["piece", "Your video"],
      ["whole", "Your video"],
      ["whole", "Your video"],
    ],
    "Your video",
  ],
  [
    "drops a repeat with other spaces",
    [
      ["piece", "Your \n"],
      ["piece", "video"],
      ["whole", "Your video\n"],
    ],
    "Your \nvideo",
  ],
  [
    "shows what the final text has more",
    [
      ["piece", "Your "],
      ["whole", "Your video is ready"],
    ],
    "Your video is ready",
  ],
  [
    "takes one final text for each turn",
    [["piece", "A"], ["whole", "A"], "tool", ["piece", "B"], ["whole", "B"]],
    "A\n\nB",
  ],
  ["takes one final text for all turns", [["piece", "A"], "tool", ["piece", "B"], ["whole", "AB"]], "A\n\nB"],
  [
    "takes a final text that repeats confirmed pieces too",
    [["piece", "A"], ["whole", "A"], "tool", ["piece", "B"], ["whole", "AB"]],
    "A\n\nB",
  ],
  [
    "takes a final event of several parts",
    [["piece", "A"], ["piece", "B"], ["whole", "A"], "tool", ["whole", "B"]],
    "AB",
  ],
  [
    "makes paragraphs of whole texts",
    [
      ["whole", "First."],
      ["whole", "Second."],
    ],
    "First.\n\nSecond.",
  ],
  [
    "shows a text that only begins like an earlier one",
    [
      ["piece", "OK"],
      ["whole", "OK"],
      ["whole", "OK, and music"],
    ],
    "OK\n\nOK, and music",
  ],
  [
    "shows a final text that is another one",
    [
      ["piece", "A"],
      ["whole", "Z"],
    ],
    "A\n\nZ",
  ],
  [
    "keeps pieces that are the same",
    [
      ["piece", "ha"],
      ["piece", "ha"],
      ["whole", "haha"],
    ],
    "haha",
  ],
  [
    "joins unmarked pieces",
    [
      ["unmarked", "Your "],
      ["unmarked", "video"],
    ],
    "Your video",
  ],
  [
    "drops the unmarked repeat of unmarked pieces",
    [
      ["unmarked", "Your "],
      ["unmarked", "video"],
      ["unmarked", "Your video"],
    ],
    "Your video",
  ],
  [
    "drops the unmarked repeat of one long piece",
    [
      ["unmarked", "Your video is ready"],
      ["unmarked", "Your video is ready"],
    ],
    "Your video is ready",
  ],
  [
    "keeps unmarked pieces that are the same",
    [
      ["unmarked", "ha"],
      ["unmarked", "ha"],
    ],
    "haha",
  ],
  [
    "drops an unmarked repeat of all turns",
    [["unmarked", "One, two, three. "], "tool", ["unmarked", "Four."], ["unmarked", "One, two, three. Four."]],
    "One, two, three. \n\nFour.",
  ],
  ["passes hostile text through", [["whole", "a\0b\r\ndata: x\u202Eyz\uFEFF"]], "a\0b\r\ndata: x\u202Eyz"],
  ["is empty where nothing came", ["tool"], ""],
];

describe("joins the text of a stream", () => {
  it.each(rows)("%s", (_rule, steps, expected) => {
    expect(joined(steps).text).toBe(expected);
  });

  it("has shown live what it ends with, however a text is cut and its repeat marked", () => {
    const cut = fc.tuple(
      fc.lorem({ maxCount: 40 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 40 }),
    );
    fc.assert(
      fc.property(cut, fc.constantFrom("whole", "none"), ([text, sizes], repeat) => {
        const steps: Step[] = [];
        let start = 0;
        for (const size of [...sizes, text.length]) {
          if (start < text.length) steps.push(["piece", text.slice(start, start + size)]);
          start += size;
        }
        if (repeat === "whole") steps.push(["whole", text]);
        const { live, text: end } = joined(steps);
        expect(live).toBe(text);
        expect(end).toBe(text.trim());
      }),
    );
  });

  it("cuts text off at its limit and says so", () => {
    const { text, live, isTruncated } = joined(
      [
        ["piece", "12345"],
        ["piece", "6789"],
        ["whole", "123456789"],
      ],
      { maxChars: 7 },
    );
    expect({ text, live, isTruncated }).toEqual({ text: "1234567", live: "1234567", isTruncated: true });
  });

  it("cuts no character in half", () => {
    expect(joined([["piece", "ab😀"]], { maxChars: 3 }).text).toBe("ab\uFFFD");
  });
});

const issue = "I encountered a temporary issue. Please try again later.";

describe("drops a trailing notice of a temporary issue", () => {
  it("after a normal answer, and does not show it live either", () => {
    const { text, live } = joined([
      ["whole", "Your video is ready."],
      ["whole", issue],
    ]);
    expect({ text, live }).toEqual({ text: "Your video is ready.", live: "Your video is ready." });
  });

  it("at the end of the same text", () => {
    expect(joined([["whole", `Your video is ready. ${issue}`]]).text).toBe("Your video is ready.");
  });

  it.each([
    [["Ready. I encountered", " a temporary issue."]],
    [["Ready.", " I", "'ve run into a ", "temporary prob", "lem", ". Please try", " again."]],
    [["Ready. ", "Sorry, we hit a temporary", " issue", " with the preview."]],
    [["Ready. ", issue, " ", issue]],
  ])("in pieces, and does not show them live either: %j", (pieces) => {
    const { text, live } = joined(pieces.map((piece) => ["piece", piece]));
    expect({ text, live: live.trim() }).toEqual({ text: "Ready.", live: "Ready." });
  });

  it("and shows at the end what only began like one", () => {
    const { text, live } = joined([
      ["piece", "Ready. I"],
      ["piece", " added music"],
    ]);
    expect({ text, live }).toEqual({ text: "Ready. I added music", live: "Ready. I added music" });
  });

  it("and is not kept waiting by a long sentence", () => {
    const reply = createReplyText({ maxChars: 1000 });
    reply.add({ type: "text", as: "piece", text: "Ready." });
    expect(reply.add({ type: "text", as: "piece", text: ` I added ${"music and ".repeat(15)}` })).toContain("music");
  });

  it("but keeps it where it is all there is", () => {
    expect(joined([["whole", issue]]).text).toBe(issue);
  });

  it("and where the run did not end normally", () => {
    expect(
      joined(
        [
          ["whole", "On it."],
          ["whole", issue],
        ],
        { isNormal: false },
      ).text,
    ).toBe(`On it.\n\n${issue}`);
  });

  it("and where more text follows", () => {
    const { text, live } = joined([
      ["whole", "On it."],
      ["whole", issue],
      ["whole", "Done: a title was added."],
    ]);
    expect(text).toBe(`On it.\n\n${issue}\n\nDone: a title was added.`);
    expect(live).toBe(text);
  });

  it.each([
    ["Done. Sorry, I ran into a temporary problem!", "Done."],
    ["Done.\nI'm experiencing a temporary error with the preview. Please refresh.", "Done."],
    ["完成了。我遇到了一个临时问题，请稍后再试。", "完成了。"],
  ])("recognises '%s'", (text, before) => {
    expect(splitTrailingIssue(text)?.before).toBe(before);
  });

  it.each([
    "I made a video about how a startup solved issues.",
    "I hit a temporary issue, but fixed it. Your video is ready.",
    "I encountered a temporary issue. Your video of the city is ready in the timeline.",
    "The script says that they had a permanent problem.",
  ])("leaves '%s' alone", (text) => {
    expect(splitTrailingIssue(text)).toBeNull();
  });

  it("in time that grows no faster than the text", () => {
    expect(splitTrailingIssue("encountered ".repeat(100_000))).toBeNull();
  });
});
