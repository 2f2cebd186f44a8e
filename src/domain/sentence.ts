/** What may stand between the end of a sentence and the white space after it: quotes, brackets, marks of Markdown. */
const closing = String.raw`["'”’」』）)\]*_]*`;

/**
 * A sentence with its closing marks and the white space after it. A full stop, as in "v1.5", ends one only before white space
 * or the end of the text; full-width marks and line breaks always do.
 */
const sentence = new RegExp(
  String.raw`[^.!?。！？\n]*(?:[.!?](?!${closing}(?:\s|$))[^.!?。！？\n]*)*(?:[.!?。！？]+${closing})?\s*`,
  "gu",
);

/** A sentence that no more text can lengthen, but for white space. */
const settled = new RegExp(String.raw`(?:[.!?。！？]${closing}\s|\n)\s*$`, "u");

/** The sentences of a text; put together again they are the text, to the letter. */
export function sentencesOf(text: string): string[] {
  return text.match(sentence)?.filter((part) => part !== "") ?? [];
}

/** How much of a text that is still being written is whole sentences: the length of its beginning that will not change. */
export function wholeSentencesLength(text: string): number {
  const last = sentencesOf(text).at(-1) ?? "";
  return settled.test(last) ? text.length : text.length - last.length;
}
