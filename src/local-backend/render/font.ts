import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** `advanceOf` is a character's width in ems, or null where the font has no glyph for it. */
export type Font = { path: string; advanceOf: (codePoint: number) => number | null };

/** Loads the font that all words are drawn in: Latin, Greek, Cyrillic, Chinese, Japanese. */
export async function loadFont(): Promise<Font> {
  let path: string;
  try {
    path = createRequire(import.meta.url).resolve("@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf");
  } catch (cause) {
    throw new Error("The font is missing: run npm install without --omit=optional.", { cause });
  }
  const bytes = await readFile(path);
  return { path, advanceOf: readAdvances(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)) };
}

/** Three tables of a TrueType file say how wide a character is: cmap (its glyph), hhea and hmtx (that glyph's advance). */
function readAdvances(view: DataView): Font["advanceOf"] {
  const tables = new Map<string, number>();
  for (let index = 0; index < view.getUint16(4); index++) {
    const at = 12 + index * 16;
    const tag = String.fromCodePoint(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
    tables.set(tag, view.getUint32(at + 8));
  }
  const table = (tag: string) => {
    const at = tables.get(tag);
    if (at === undefined) throw new Error(`The font has no ${tag} table.`);
    return at;
  };
  const unitsPerEm = view.getUint16(table("head") + 18);
  const advanceCount = view.getUint16(table("hhea") + 34);
  const hmtx = table("hmtx");
  const glyphs = readGlyphs(view, table("cmap"));
  return (codePoint) => {
    const glyph = glyphs.get(codePoint);
    return glyph === undefined ? null : view.getUint16(hmtx + 4 * Math.min(glyph, advanceCount - 1)) / unitsPerEm;
  };
}

/** The subtable of format 12 maps all of Unicode, as runs of characters to runs of glyphs. */
function readGlyphs(view: DataView, cmap: number): Map<number, number> {
  const glyphs = new Map<number, number>();
  for (let index = 0; index < view.getUint16(cmap + 2); index++) {
    const subtable = cmap + view.getUint32(cmap + 4 + index * 8 + 4);
    if (view.getUint16(subtable) !== 12) continue;
    for (let run = 0; run < view.getUint32(subtable + 12); run++) {
      const at = subtable + 16 + run * 12;
      const [first, last, glyph] = [view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8)];
      for (let codePoint = first; codePoint <= last; codePoint++) glyphs.set(codePoint, glyph + codePoint - first);
    }
  }
  return glyphs;
}
