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
  const groups = readCharacterGroups(view, table("cmap"));
  return (codePoint) => {
    const group = groups.find(({ first, last }) => codePoint >= first && codePoint <= last);
    if (group === undefined) return null;
    const glyph = group.glyph + codePoint - group.first;
    return view.getUint16(hmtx + 4 * Math.min(glyph, advanceCount - 1)) / unitsPerEm;
  };
}

/** The subtable of format 12, which maps all of Unicode as runs of characters to runs of glyphs. */
function readCharacterGroups(view: DataView, cmap: number): { first: number; last: number; glyph: number }[] {
  for (let index = 0; index < view.getUint16(cmap + 2); index++) {
    const at = cmap + view.getUint32(cmap + 4 + index * 8 + 4);
    if (view.getUint16(at) !== 12) continue;
    return Array.from({ length: view.getUint32(at + 12) }, (_, group) => {
      const start = at + 16 + group * 12;
      return { first: view.getUint32(start), last: view.getUint32(start + 4), glyph: view.getUint32(start + 8) };
    });
  }
  throw new Error("The font has no character map of format 12.");
}
