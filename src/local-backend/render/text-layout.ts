import type { Font } from "./font.ts";

export type TextBox = { maxWidthPx: number; maxHeightPx: number; maxFontPx: number; minFontPx: number };
/** Lines as they are drawn, each with its width; `lineHeightPx` from baseline to baseline. */
export type TextLayout = {
  lines: { text: string; widthPx: number }[];
  fontPx: number;
  lineHeightPx: number;
  widthPx: number;
};

const lineHeightEm = 1.36;
const shrinkStep = 0.92;
const maxGraphemes = 4000;

/** Stays with what is before it, even after a space. */
const neverParted = /^[,.!?;:…，。！？；：、）》〉」』】]/u;
/** May not begin a line: closing punctuation stays with what it closes. */
const neverFirst = /^[,.!?;:%)\]}»”’…，。！？；：、）》〉」』】〕％ー～·・‰]/u;
/** May not end a line. */
const neverLast = /^[([{«“‘（《〈「『【〔¥￥$]$/u;
/** The font has the typographic one as wide as a Chinese character. */
const latinApostrophe = /(?<=\p{Script=Latin})’(?=\p{Script=Latin})/gu;
const isWide = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]/u;

/**
 * Breaks text into lines and picks the largest font size with which it fits: Latin between words, Chinese and Japanese between any
 * two characters that may be parted. A word is broken only if it is longer than a line at the smallest size. Lines come out about
 * equally long. Characters that the font lacks are left out; text that fits at no size ends in an ellipsis. Null if no letter,
 * number or symbol is left to draw.
 */
export function layoutText(text: string, box: TextBox, font: Font): TextLayout | null {
  const paragraphs = readParagraphs(text, font);
  if (paragraphs.length === 0) return null;
  const words = paragraphs.flat().filter(({ em }) => em * box.minFontPx <= box.maxWidthPx);
  const widestEm = Math.max(0, ...words.map(({ em }) => em));
  for (let fontPx = box.maxFontPx; ; fontPx = Math.max(box.minFontPx, fontPx * shrinkStep)) {
    const maxEm = box.maxWidthPx / fontPx;
    const lines = paragraphs.flatMap((pieces) => balancedLines(pieces, maxEm));
    const maxLines = Math.max(1, Math.floor(box.maxHeightPx / (fontPx * lineHeightEm)));
    if ((lines.length > maxLines || widestEm > maxEm) && fontPx > box.minFontPx) continue;
    const shown = lines.length > maxLines ? withEllipsis(lines.slice(0, maxLines), maxEm) : lines;
    const sized = shown.map((line) => ({ text: line.text, widthPx: line.em * fontPx }));
    const widthPx = Math.max(...sized.map((line) => line.widthPx));
    return { lines: sized, fontPx: Math.round(fontPx), lineHeightPx: fontPx * lineHeightEm, widthPx };
  }
}

type Glyph = { text: string; em: number };
/** What stays together on a line: glyphs, and whether a space stands before it where it does not begin a line. */
type Piece = { glyphs: Glyph[]; em: number; spaceEm: number };

function readParagraphs(text: string, font: Font): Piece[][] {
  const lines = text
    .normalize("NFC")
    .replaceAll(latinApostrophe, "'")
    .split(/\r\n|[\r\n\v\f\u0085\u2028\u2029]/u);
  return lines
    .map((line) => readPieces(line, font))
    .filter((pieces) => pieces.some(({ glyphs }) => glyphs.some(({ text: glyph }) => /[^\p{P}\p{M}]/u.test(glyph))));
}

function readPieces(line: string, font: Font): Piece[] {
  const pieces: Piece[] = [];
  let spaceEm = 0;
  let previous = "";
  const graphemes = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment).slice(0, maxGraphemes);
  for (const grapheme of graphemes) {
    if (/^\s/u.test(grapheme)) {
      spaceEm = font.advanceOf(0x20) ?? 0.25;
      continue;
    }
    const glyph = measure(grapheme, font);
    if (glyph === null) continue;
    const last = pieces.at(-1);
    const isBesideWide = isWide.test(grapheme) || isWide.test(previous);
    if (last !== undefined && spaceEm > 0 && neverParted.test(grapheme)) {
      last.glyphs.push({ text: " ", em: spaceEm }, glyph);
      last.em += spaceEm + glyph.em;
    } else if (
      last === undefined ||
      spaceEm > 0 ||
      (isBesideWide && !neverFirst.test(grapheme) && !neverLast.test(previous))
    ) {
      pieces.push({ glyphs: [glyph], em: glyph.em, spaceEm });
    } else {
      last.glyphs.push(glyph);
      last.em += glyph.em;
    }
    spaceEm = 0;
    previous = grapheme;
  }
  return pieces;
}

/** Null for a control character or one that the font lacks; of a cluster, what the font has. */
function measure(grapheme: string, font: Font): Glyph | null {
  let text = "";
  let em = 0;
  for (const char of grapheme) {
    const advance = /[\p{C}\p{Variation_Selector}]/u.test(char) ? null : font.advanceOf(char.codePointAt(0) ?? 0);
    if (advance === null) continue;
    text += char;
    em += advance;
  }
  return text === "" ? null : { text, em };
}

type Line = { text: string; em: number };

/** As few lines as possible, then as narrow as that number of lines allows. */
function balancedLines(pieces: Piece[], maxEm: number): Line[] {
  let best = breakLines(pieces, maxEm);
  const words = pieces.map(({ em }) => em).filter((em) => em <= maxEm);
  let [low, high] = [Math.max(maxEm * 0.4, ...words), maxEm];
  for (let step = 0; step < 6 && best.length > 1; step++) {
    const middle = (low + high) / 2;
    const lines = breakLines(pieces, middle);
    if (lines.length > best.length) low = middle;
    else [best, high] = [lines, middle];
  }
  return best;
}

function breakLines(pieces: Piece[], maxEm: number): Line[] {
  const lines: Line[] = [];
  let line: Line = { text: "", em: 0 };
  const end = () => {
    if (line.text !== "") lines.push(line);
    line = { text: "", em: 0 };
  };
  for (const piece of pieces) {
    const spaceEm = line.text === "" ? 0 : piece.spaceEm;
    if (line.em + spaceEm + piece.em > maxEm) end();
    else if (spaceEm > 0) line = { text: `${line.text} `, em: line.em + spaceEm };
    for (const glyph of piece.glyphs) {
      if (line.em + glyph.em > maxEm) end();
      line = { text: line.text + glyph.text, em: line.em + glyph.em };
    }
  }
  end();
  return lines;
}

function withEllipsis(lines: Line[], maxEm: number): Line[] {
  const last = lines.at(-1);
  if (last === undefined) return lines;
  const isFull = last.em + 1 > maxEm;
  const kept = isFull
    ? (/^(.*\S)\s+\S{2,}$/u.exec(last.text)?.[1] ?? Array.from(last.text).slice(0, -2).join(""))
    : last.text;
  return [
    ...lines.slice(0, -1),
    { text: `${kept.replace(/[\s,.;:，。；：、]+$/u, "")}…`, em: Math.min(maxEm, last.em + 1) },
  ];
}
