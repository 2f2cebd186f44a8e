const lineBreaks = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
/** Control characters, byte order marks, soft hyphens, zero-width spaces and what is no character at all. */
const unseen = /[^\P{Cc}\n\t]|[\uFEFF\u00AD\u200B\uFFFE\uFFFF]/gu;

/**
 * Text as it goes into a message: well-formed, composed (NFC, so that one letter is one character whatever made it), `\n` at the ends of
 * lines, nothing unseen, no white space at the ends of lines and of the whole, and never more than one blank line.
 */
export function tidyText(text: string): string {
  const lines = text
    .toWellFormed()
    .replaceAll(lineBreaks, "\n")
    .replaceAll(unseen, "")
    .replaceAll("\u00A0", " ")
    .normalize("NFC")
    .split("\n")
    .map((line) => line.trimEnd());
  return lines
    .filter((line, index) => line !== "" || lines[index - 1] !== "")
    .join("\n")
    .trim();
}
