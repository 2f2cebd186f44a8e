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

/** Longer quotations are taken for stray marks, so that one of them does not hide the rest of a text. */
const maxQuotedChars = 400;
const maxUrlChars = 2_000;

/** A straight mark opens a quotation where no word ends: 5" and the ' of "it's" do not. */
const openingMark = String.raw`(?<![A-Za-z0-9.!?"])"|[“「『《\x60]|(?<![\p{L}\p{N}])['‘]`;

const opaque = new RegExp(
  [
    String.raw`(?<![A-Za-z0-9.!?"])"[^"\n]{1,${maxQuotedChars}}"`,
    ...["“”", "「」", "『』", "《》", "``"].map(
      ([open, close]) => `${open}[^${open}${close}\\n]{1,${maxQuotedChars}}${close}`,
    ),
    ...["''", "‘’"].map(
      ([open, close]) =>
        String.raw`(?<![\p{L}\p{N}])${open}(?:[^${close}\n]|${close}(?=\p{L})){1,${maxQuotedChars}}${close}(?!\p{L})`,
    ),
    String.raw`\]\([^()\s]{1,${maxUrlChars}}\)`,
    String.raw`https?:\/\/[^\s<>"”）)\]，。！？；]{0,${maxUrlChars}}[^\s<>"”）)\]，。！？；.,!?;:]`,
    String.raw`^[ \t>]*(?:\*\*)?\d{1,3}[.)](?=[ \t])`,
  ].join("|"),
  "gmu",
);

/** Stands for each character that is quoted. From the private use area: no word holds it. */
export const quotedChar = "\uE000";

/**
 * A text of the same length in which quotations, code, links and the numbers of list items are blotted out, since what is
 * in them is spoken of and not said. Where a quotation ends like a sentence, its end stays.
 */
export function withoutQuoted(text: string): string {
  return text.replaceAll(opaque, (quoted) => {
    const end = /[.!?。！？]["'”’」』`]$/u.test(quoted) ? quoted.slice(-2) : "";
    return quotedChar.repeat(quoted.length - end.length) + end;
  });
}

export function hasHan(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}

/** The sentences of a text; put together again they are the text, to the letter. */
export function sentencesOf(text: string): string[] {
  let from = 0;
  return (withoutQuoted(text).match(sentence) ?? []).flatMap(({ length }) => {
    from += length;
    return length === 0 ? [] : [text.slice(from - length, from)];
  });
}

const ended = new RegExp(String.raw`(?:[.!?。！？]${closing}|\n)\s*$`, "u");

/** Whether a text ends where a sentence does. */
export function endsSentence(text: string): boolean {
  return ended.test(withoutQuoted(text));
}

/** Whether a sentence that is still being written has come to its end. */
export function isSettled(text: string): boolean {
  return settled.test(withoutQuoted(text));
}

/** Where a quotation may have begun whose end is still to come: before it more text changes nothing. */
export function undecidedFrom(text: string): number {
  const from = Math.max(text.lastIndexOf("\n") + 1, text.length - maxQuotedChars - 2);
  const at = withoutQuoted(text).slice(from).search(new RegExp(openingMark, "u"));
  return at === -1 ? text.length : from + at;
}
