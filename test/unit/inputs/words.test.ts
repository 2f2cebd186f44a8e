import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { htmlText } from "../../../src/inputs/html-text.ts";
import { joinPdfLines, type PdfLine } from "../../../src/inputs/pdf-lines.ts";
import { spokenWords } from "../../../src/inputs/subtitles.ts";
import { tidyText } from "../../../src/inputs/tidy-text.ts";
import { parseHTML } from "linkedom";

describe("tidied text", () => {
  it("is well-formed, without anything unseen, and stays as it is", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(
            fc.constantFrom("\n", "\r", " ", "\u00A0", "\uD800", "\u0301", "e", "\uFEFF", "\u0000"),
            fc.string({ unit: "binary", maxLength: 1 }),
          ),
        }),
        (text) => {
          const tidy = tidyText(text);
          expect(tidy.isWellFormed()).toBe(true);
          expect(tidy).toBe(tidy.trim());
          expect(tidy).not.toMatch(/[^\P{Cc}\n\t]|\n\n\n|[ \t]\n|\uFEFF/u);
          expect(tidyText(tidy)).toBe(tidy);
        },
      ),
    );
  });
});

describe("spoken words", () => {
  const cue = (number: number, ...lines: string[]) =>
    [`${number}`, `00:00:0${number},000 --> 00:00:0${number},900`, ...lines, ""].join("\n");

  it.each([
    ["go on over cues and lines", [["So this"], ["is one", "sentence."], ["Next."]], "So this is one sentence.\nNext."],
    [
      "have no space between Chinese characters",
      [["清晨六点，"], ["西湖在薄雾里。"], ["好。"]],
      "清晨六点，西湖在薄雾里。\n好。",
    ],
    ["have no tags", [["<i>Yes</i>, {\\an8}<font color='#fff'>2 < 3</font>."]], "Yes, 2 < 3."],
    ["begin a line when somebody else speaks", [["- Who is there", "- Me"]], "- Who is there\n- Me"],
    ["are not said again while captions roll", [["one"], ["one"], ["two"]], "one two"],
    ["may be numbers", [["7"], ["is a number."]], "7 is a number."],
  ])("%s", (_rule, cues, words) => {
    expect(spokenWords(cues.map((lines, index) => cue(index + 1, ...lines)).join("\n"))).toBe(words);
  });

  it.each([
    ["numbers", "00:01,0 --> 00:02,0\nHello.\n\n00:02.000 --> 00:03.000\nYou."],
    ["blank lines", "1\n00:00:01,000 --> 00:00:02,000\nHello.\n2\n00:00:02,000 --> 00:00:03,000\nYou."],
    [
      "unix line ends",
      "1\r\n00:00:01,000 --> 00:00:02,000\r\nHello.\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\nYou.\r\n",
    ],
    [
      "an end",
      "1\n00:00:01,000 --> 00:00:02,000\nHello.\n\n2\n00:00:02,000 --> 00:00:03,000\nYou.\n\n3\n00:00:04,000 -->",
    ],
  ])("are found without %s", (_what, subtitles) => {
    expect(spokenWords(subtitles)).toBe("Hello.\nYou.");
  });

  it("hold no times, not even one that stands in tags", () => {
    expect(spokenWords("00:01,0 --> 00:02,0\nHello.\n<i>00:02,0 --> 00:03,0</i>\nYou.")).toBe("Hello.\nYou.");
    const pieces = fc.constantFrom("1", "\n", "\n\n", "00:00:01,000 --> 00:00:02,000", "<i", ">", "{\\", "word");
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        expect(spokenWords(parts.join(""))).not.toMatch(/^00:00:01,000/m);
      }),
    );
  });
});

describe("the lines of a PDF", () => {
  const line = (text: string, bottom: number, { height = 10, right = 400 } = {}): PdfLine => ({
    text,
    bottom,
    height,
    right,
  });

  it.each<[string, PdfLine[], string]>([
    ["go on as one paragraph", [line("one", 100), line("two", 88)], "one two"],
    ["have hyphenated words put together", [line("the morn-", 100), line("ing", 88)], "the morning"],
    ["keep a hyphen before a name", [line("Anglo-", 100), line("Saxon", 88)], "Anglo- Saxon"],
    ["have no space between Chinese characters", [line("清晨", 100), line("六点", 88)], "清晨六点"],
    ["come apart at a gap", [line("one", 100), line("two", 70)], "one\n\ntwo"],
    ["come apart at another size", [line("Title", 100, { height: 20 }), line("text", 80)], "Title\n\ntext"],
    [
      "come apart after a short last line",
      [line("long", 112), line("end.", 100, { right: 90 }), line("New", 88)],
      "long end.\n\nNew",
    ],
    [
      "come apart at items of a list",
      [line("List", 100), line("• one", 88), line("2) two", 76)],
      "List\n\n• one\n\n2) two",
    ],
  ])("%s", (_rule, lines, text) => {
    expect(joinPdfLines([lines])).toBe(text);
  });

  it("go on over pages, without their numbers", () => {
    const pages = [
      [line("it goes", 100), line("1", 10)],
      [line("Page 2 of 3", 190), line("on.", 180)],
      [line("New", 180), line("– 3 –", 9)],
    ];
    expect(joinPdfLines(pages)).toBe("it goes on.\n\nNew");
    expect(joinPdfLines([[line("1984", 100)]])).toBe("1984");
  });
});

describe("the words of an HTML element", () => {
  it.each([
    ["<p>one <b>two</b>\n three<br>four</p><p>five</p>", "one two three\nfour\n\nfive"],
    ["<ul><li>one</li><li><p>two</p><ol><li>a</li><li>b</li></ol></li></ul>end", "- one\n- two\n\n1. a\n2. b\n\nend"],
    ["<table><tr><th>A</th><th>B</th></tr><tr><td><p>1</p><p>2</p></td><td></td></tr></table>", "A | B\n1 2"],
    [
      `<table><tr><td><p>one</p><p>${"two ".repeat(100)}</p></td><td>x</td></tr></table>`,
      `one\n\n${"two ".repeat(100).trim()}\n\nx`,
    ],
    ["a<script>b</script><style>c</style><svg><text>d</text></svg>e", "ae"],
  ])("of %j are %j", (html, text) => {
    const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
    expect(tidyText(htmlText(document.body))).toBe(text);
  });
});
