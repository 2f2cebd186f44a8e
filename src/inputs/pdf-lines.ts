import { isSentenceEnd, joinWrappedLines } from "./joined-lines.ts";

/** A line of a page, in points from its lower left corner. */
export type PdfLine = { text: string; bottom: number; height: number; right: number };

/** From one line to the next, in heights of a line: more is a gap between paragraphs. */
const maxLineSpacing = 1.7;
/** A change of size beyond this is one between a heading and its text. */
const maxSizeChange = 1.15;
/** A line that ends a sentence this far to the left of the longest one ends its paragraph. */
const shortLine = 0.85;
const listItem = /^\s*(?:[•▪‣◦●·*–-]\s|\d{1,3}[.)]\s|[a-z][.)]\s)/;
const pageNumber = /^\s*[-–—]?\s*(?:page\s+|第\s*)?\d{1,4}(?:\s*(?:of|\/)\s*\d{1,4})?\s*页?\s*[-–—]?\s*$/i;

/**
 * The lines of a PDF's pages as text: broken lines and hyphenated words are put together, paragraphs come apart, and so does what is set in
 * another size or as a list. Page numbers are left out.
 */
export function joinPdfLines(pages: readonly (readonly PdfLine[])[]): string {
  const paragraphs: string[] = [];
  for (const page of pages) {
    const lines = withoutNumber(
      page.filter(({ text }) => text.trim() !== ""),
      pages.length > 1,
    );
    const width = Math.max(0, ...lines.map(({ right }) => right));
    for (const [index, line] of lines.entries()) {
      const before = lines[index - 1];
      const text = line.text.trim();
      const last = paragraphs.at(-1);
      const goesOn = before === undefined ? goesOnFromPage(last, text) : goesOnFrom(before, line, width);
      if (last === undefined || !goesOn) paragraphs.push(text);
      else paragraphs[paragraphs.length - 1] = joinWrappedLines(last, text);
    }
  }
  return paragraphs.join("\n\n");
}

function goesOnFrom(before: PdfLine, line: PdfLine, width: number): boolean {
  const spacing = before.bottom - line.bottom;
  const [smaller, larger] = [before.height, line.height].toSorted((one, other) => one - other);
  if (spacing > maxLineSpacing * Math.max(before.height, line.height)) return false;
  if ((larger ?? 0) > maxSizeChange * (smaller ?? 0)) return false;
  if (listItem.test(line.text)) return false;
  return !(isSentenceEnd(before.text.trim()) && before.right < shortLine * width);
}

/** A paragraph goes on over the edge of a page when its sentence does. */
function goesOnFromPage(last: string | undefined, text: string): boolean {
  return last !== undefined && !isSentenceEnd(last) && /^\p{Ll}/u.test(text);
}

function withoutNumber(lines: readonly PdfLine[], hasPages: boolean): readonly PdfLine[] {
  if (!hasPages) return lines;
  const from = pageNumber.test(lines[0]?.text ?? "") ? 1 : 0;
  const rest = lines.slice(from);
  return pageNumber.test(rest.at(-1)?.text ?? "") ? rest.slice(0, -1) : rest;
}
