import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutGuiTalk } from "../../../src/domain/gui-reply.ts";
import { createLiveText } from "../../../src/workers/live-text.ts";

const maxPendingChars = 2_000;

/** What people see of a text that comes in these pieces. */
async function seen(pieces: readonly string[]): Promise<string[]> {
  const said: string[] = [];
  const live = createLiveText(async (text) => {
    said.push(text);
  });
  for (const piece of pieces) await live.add(piece);
  await live.end();
  return said;
}

/** Bold that spans sentences can only be mended once all of them are there. */
const withoutSpace = (text: string) => text.replaceAll(/\s|\*\*/g, "");

/** Cuts a text at any places. */
function cutAt(text: string, places: readonly number[]): string[] {
  const cuts = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...cuts].map((from, at) => text.slice(from, cuts[at]));
}

const words = [
  "Your video is ready",
  "It has 3.5 s of v1.5",
  "视频已完成",
  "他说：“完成",
  "(see https://a.example/b.c",
  "e.g. this",
];
const talk = [
  "Click the Export button",
  "you can preview it in the player",
  "点击导出按钮",
  "Drag clips to reorder them",
  "I've added the title, and you can click Export",
  "open the Timeline panel to fine-tune it, or just tell me",
  "满意后请点击“导出”，或者告诉我",
  "Want to keep it? Click Export",
  "\nTo export it:\n1. Click Export\n2. Choose MP4\n",
  "\n- Click Export\n- four scenes\n",
];
const ends = [
  ", ",
  ": ",
  "; ",
  "，",
  "“",
  " '",
  ". ",
  "! ",
  "?! ",
  "... ",
  ".",
  "。",
  "！",
  "。。",
  "。.",
  '." ',
  ".) ",
  ".** ",
  "。”",
  "！）",
  "”",
];
const spaces = ["\n", "\n\n", " ", "\r\n"];

const reply = fc
  .array(fc.constantFrom(...words, ...talk, ...ends, ...spaces), { maxLength: 30 })
  .map((parts) => parts.join(""))
  .filter((whole) => whole.length < maxPendingChars);

describe("whatever the pieces", () => {
  it("people see the same, and what the finished reply will say: no sentence lost, broken, or about an editor", async () => {
    await fc.assert(
      fc.asyncProperty(reply, fc.array(fc.nat(2_000), { maxLength: 40 }), async (whole, places) => {
        const said = await seen(cutAt(whole, places));
        expect(withoutSpace(said.join(""))).toBe(withoutSpace(withoutGuiTalk(whole).text));
      }),
      { numRuns: 500 },
    );
  });

  it("also when each is one character", async () => {
    await fc.assert(
      fc.asyncProperty(reply, async (whole) => {
        const said = await seen(whole.split(""));
        expect(withoutSpace(said.join(""))).toBe(withoutSpace(withoutGuiTalk(whole).text));
      }),
    );
  });
});

it.each([
  [
    ["Your vid", "eo is re", "ady. It has ", "3", ".5 s of music."],
    ["Your video is ready.", "It has 3.5 s of music."],
  ],
  [
    ["视频已", "完成。共 4 个", "镜头。"],
    ["视频已完成。", "共 4 个镜头。"],
  ],
  [
    ["He said “done", ".", "” ", "Really"],
    ["He said “done.”", "Really"],
  ],
  [
    ["他说：“完成。", "”共 4 个镜头。"],
    ["他说：“完成。”", "共 4 个镜头。"],
  ],
  [
    ["One. Two. Th", "ree."],
    ["One. Two.", "Three."],
  ],
  [
    ["Done. Click the Ex", "port button. ", "Enjoy!"],
    ["Done.", "Enjoy!"],
  ],
  [
    ["- one\n- t", "wo\n"],
    ["- one", "- two"],
  ],
  [
    ["I've added the title, ", "and you can cli", "ck Export to download it. ", "Enjoy!"],
    ["I've added the title.", "Enjoy!"],
  ],
  [
    ["I've added the caption \"Hi. ", 'Click the link. " at the end. '],
    ['I\'ve added the caption "Hi. Click the link. " at the end.'],
  ],
  [["Want to keep it? ", "Click Export. ", "Enjoy! "], ["Enjoy!"]],
  [["To export it:\n", "1. Click Ex", "port\n2", ". Choose MP4\n", "\nEnjoy!\n"], ["Enjoy!"]],
  [["1. Sea\n", "2. Click Export\n", "3. Sky\n", "\nThat is it.\n"], ["1. Sea\n2. Sky\n\nThat is it."]],
  [["Scenes:\n1. Sea\n", "2. Click Export\n", "3. Sky\n", "Enjoy!\n"], ["Scenes:\n1. Sea\n2. Sky\nEnjoy!"]],
])("people see whole sentences of %j", async (pieces, sentences) => {
  expect(await seen(pieces)).toEqual(sentences);
});

it("a sentence is seen as soon as white space shows that it is whole", async () => {
  const said: string[] = [];
  const live = createLiveText(async (shown) => {
    said.push(shown);
  });
  await live.add("Planning the scenes. ");
  expect(said).toEqual(["Planning the scenes."]);
});

it("nothing is said where there is nothing to say", async () => {
  expect(await seen([])).toEqual([]);
  expect(await seen([" ", "\n\n", "", "Click the Export button."])).toEqual([]);
});

describe("text without an end of sentence", () => {
  it("is passed on when it gets long, and none of it is lost", async () => {
    const pieces = Array.from({ length: 5_000 }, (_, at) => `${at},`);
    const said = await seen(pieces);
    expect(said.join("")).toBe(pieces.join(""));
    for (const shown of said) expect(shown.length).toBeLessThanOrEqual(maxPendingChars + 5);
  });

  it("does not break the sentence after it, when a long text comes in one piece", async () => {
    const sentences = "This is a sentence. ".repeat(200);
    expect(await seen([`${sentences}The last one is sti`, "ll being written."])).toEqual([
      sentences.trim(),
      "The last one is still being written.",
    ]);
  });
});

it("a list that gets too long is passed on in whole lines", async () => {
  const list = `Scenes:\n${Array.from({ length: 200 }, (_, at) => `${at + 1}. Scene\n`).join("")}`;
  const said = await seen(list.match(/.{1,50}/gs) ?? []);
  expect(said.length).toBeGreaterThan(1);
  expect(said.join("\n")).toBe(list.trim());
});
