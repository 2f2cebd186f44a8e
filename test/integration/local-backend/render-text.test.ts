import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { loadFont } from "../../../src/local-backend/render/font.ts";
import type { Font } from "../../../src/local-backend/render/font.ts";
import { layoutText } from "../../../src/local-backend/render/text-layout.ts";

let font: Font;
beforeAll(async () => {
  font = await loadFont();
});

const box = { maxWidthPx: 800, maxHeightPx: 600, maxFontPx: 72, minFontPx: 36 };
const linesOf = (text: string) => layoutText(text, box, font)?.lines.map((line) => line.text);

test("the font's own widths are used", () => {
  expect(font.advanceOf("中".codePointAt(0) ?? 0)).toBe(1);
  const [narrow, wide] = [font.advanceOf("i".charCodeAt(0)), font.advanceOf("W".charCodeAt(0))];
  expect(narrow).toBeLessThan(wide ?? 0);
  expect(font.advanceOf(0x1f525)).toBeNull();
});

test("Latin text is broken between words, into lines of about the same length", () => {
  expect(linesOf("Trams hum along wet streets, and a thousand windows light up.")).toEqual([
    "Trams hum along",
    "wet streets, and a",
    "thousand",
    "windows light up.",
  ]);
});

test("an apostrophe leaves no gap in a word", () => {
  expect(linesOf("The keeper’s")).toEqual(["The keeper's"]);
});

test("Chinese is broken between characters, never before closing or after opening punctuation", () => {
  const text = "上午去龙井村，茶农把（刚采下的）嫩芽放进“热锅”。手掌翻动之间、满屋都是豆香！".repeat(4);
  const lines = linesOf(text) ?? [];
  expect(lines.join("")).toBe(text);
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(line).toMatch(/^[^，。！、）”].*[^（“]$/u);
});

test("Latin words are never broken, only set smaller, in the narrow lines of a title too", () => {
  const title = { maxWidthPx: 148, maxHeightPx: 96, maxFontPx: 22.5, minFontPx: 8.1 };
  const wordsOf = (text: string, within = title) =>
    layoutText(text, within, font)?.lines.flatMap((line) => line.text.split(" "));
  for (const text of ["Paradise Found", "Uncharacteristically Extraordinary Photographs", "A deinstitutionalization"])
    expect(wordsOf(text)).toEqual(text.split(" "));
  const words = fc.array(fc.stringMatching(/^[a-zé]{1,14}[.,!?]?$/u), { minLength: 1, maxLength: 14 });
  fc.assert(
    fc.property(words, fc.integer({ min: 120, max: 400 }), (list, maxWidthPx) => {
      expect(wordsOf(list.join(" "), { ...title, maxWidthPx, maxHeightPx: 900 })).toEqual(list);
    }),
  );
});

test("a word that no line can hold makes the others no smaller", () => {
  const layout = layoutText(`See ${"a".repeat(50)} now`, box, font);
  expect(layout?.fontPx).toBe(72);
});

test("closing punctuation begins no line, even after a space, and an ellipsis cuts no word", () => {
  for (const text of ["你好 ，世界 。".repeat(20), "Vraiment ? Oui ! Alors : viens ; vite ! ".repeat(8)])
    for (const line of linesOf(text) ?? []) expect(line).toMatch(/^[^，。?!:;]/u);
  const last = layoutText("photograph ".repeat(600), box, font)?.lines.at(-1)?.text;
  expect(last).toMatch(/^(?:photograph )*photograph…$/u);
});

test("a word longer than a line is broken where it has to be", () => {
  const lines = linesOf("a".repeat(60)) ?? [];
  expect(lines.join("")).toBe("a".repeat(60));
  expect(lines.length).toBeGreaterThan(1);
});

test("what the font lacks is left out; nothing is drawn for a text of nothing else", () => {
  expect(linesOf("fire 🔥 and 👩‍👩‍👧 water")).toEqual(["fire and water"]);
  expect(linesOf("🔥🔥 ...")).toBeUndefined();
  expect(linesOf("مرحبا، بالعالم.")).toBeUndefined();
  expect(linesOf("")).toBeUndefined();
});

test("long text is set smaller, and ends in an ellipsis where even that is not enough", () => {
  const short = layoutText("A short line.", box, font);
  const long = layoutText("word ".repeat(30), box, font);
  const endless = layoutText("word ".repeat(600), box, font);
  expect(short?.fontPx).toBe(72);
  expect(long?.fontPx).toBeLessThan(72);
  expect(long?.lines.at(-1)?.text).not.toContain("…");
  expect(endless?.fontPx).toBe(36);
  expect(endless?.lines.at(-1)?.text).toMatch(/…$/u);
});

test("every line fits into the box, whatever the text", () => {
  const texts = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.lorem({ maxCount: 60 }),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const layout = layoutText(text, box, font);
      for (const line of layout?.lines ?? []) expect(line.widthPx).toBeLessThanOrEqual(box.maxWidthPx + 0.001);
      expect((layout?.lines.length ?? 0) * (layout?.lineHeightPx ?? 0)).toBeLessThanOrEqual(box.maxHeightPx + 0.001);
    }),
  );
});
