import { markerOf } from "./list-item.ts";
import { hasHan, withoutQuoted } from "./sentence.ts";

/** A sentence in pieces: what it says, and the gaps that instructions have left, with the answer that takes their place. */
export type Piece = { kind: "text"; text: string } | { kind: "gap"; answer: string | null };

/** How far from a gap a long piece is looked at. */
const edgeChars = 200;

const conjunctions = String.raw`(?:and then|and|or|but|so|then|yet|otherwise|alternatively)`;
const chineseConjunctions = String.raw`(?:或者|或是|或(?!许)|并且|并(?![不非未没])|然后|而且|同时|另外|也(?=可以|能))`;
const danglingEnd = new RegExp(
  String.raw`(?:[\s,;:—–，；：～]|(?<=\s)-|(?<=[\s,;])${conjunctions}(?=\s)|(?<=[，；])${chineseConjunctions})+$`,
  "iu",
);
const danglingStart = new RegExp(
  String.raw`^(?:[\s,;:—–，；：～]|-(?=\s)|${conjunctions}(?=[\s,])|${chineseConjunctions})+`,
  "iu",
);
const onlyConjunctions = new RegExp(String.raw`^(?:[\s\p{P}\p{S}]|\b${conjunctions}\b|${chineseConjunctions})*$`, "iu");
/** It was the other choice beside the instruction that has gone, and stands alone now. */
const alternative = /^[\s,;—–，；]*(?:(?:or|otherwise|alternatively)\b|或(?!许)|也可以)/iu;
const endMarks = /[.!?。！？]+["'”’」』）)\]*_]*$/u;

/** The sentence without its gaps, and the white space after it. Empty where nothing but instructions was said. */
export function tidySentence(pieces: readonly Piece[]): { text: string; after: string } {
  const last = pieces.at(-1);
  const after = last?.kind === "text" ? last.text.slice(last.text.trimEnd().length) : "";
  const texts = pieces.map((piece) => (piece.kind === "text" ? piece.text : ""));
  if (pieces.every((piece) => piece.kind === "text")) {
    const whole = texts.join("");
    return { text: whole.slice(0, whole.length - after.length), after };
  }
  const marker = markerOf(texts[0] ?? "");
  const sentence = createSentence();
  for (const [at, piece] of pieces.entries()) {
    if (piece.kind === "gap") sentence.gap(piece.answer);
    else
      sentence.text(
        piece.text.slice(at === 0 ? marker.length : 0, piece.text.length - (piece === last ? after.length : 0)),
      );
  }
  const text = sentence.written();
  return { text: text === "" ? "" : marker + text, after };
}

/** Puts the pieces of a sentence together again. */
function createSentence() {
  const written: string[] = [];
  /** Whether a clause stands before, to which the next text is joined. */
  let isOpen = false;
  let saysSomething = false;
  let afterGap = false;
  let afterAnswer = false;

  function trimEnd(): void {
    const last = written.pop() ?? "";
    const edge = last.slice(-edgeChars);
    written.push(last.slice(0, last.length - edge.length) + edge.replace(danglingEnd, ""));
  }

  /** "(click Export)" leaves "()". */
  function withoutEmptyBracket(text: string): string {
    const last = written.at(-1) ?? "";
    const bracket = /\s*[(（]\s*$/u.exec(last.slice(-edgeChars))?.[0];
    if (bracket === undefined || !/^\s*[)）]/u.test(text)) return text;
    written.splice(-1, 1, last.slice(0, -bracket.length));
    return text.replace(/^\s*[)）]/u, "");
  }

  function joinWords(text: string): void {
    if (isOpen && alternative.test(text)) {
      trimEnd();
      const isChinese = hasHan(text.slice(0, edgeChars));
      written.push(isChinese ? "。" : ". ", capitalised(text.replace(danglingStart, "")));
    } else if (isOpen) {
      trimEnd();
      const rest = withoutEmptyBracket(text);
      written.push(/^[\p{L}\p{N}]/u.test(rest) && !/^\p{Script=Han}/u.test(rest) ? ` ${rest}` : rest);
    } else {
      if (afterAnswer) written.push(endMarks.test(written.at(-1) ?? "") ? " " : ". ");
      written.push(capitalised(text.replace(danglingStart, "")));
    }
  }

  function joinMarks(marks: string): void {
    if (isOpen) {
      trimEnd();
      const rest = withoutEmptyBracket(marks)
        .replace(/^[\s,;:—–，；：～]+/u, "")
        .trimEnd();
      const isChinese = hasHan(withoutQuoted(written.join("")));
      if (/^[.!?。！？)）"'”’」』*_\]]/u.test(rest))
        written.push(isChinese ? rest : rest.replaceAll(/[。！？]/gu, asciiMark));
    } else if (afterAnswer && !endMarks.test(written.at(-1) ?? "")) {
      written.push(/[.!?。！？]/u.exec(marks)?.[0] ?? "");
    }
  }

  return {
    text(text: string): void {
      const isWords = text.length > edgeChars || !onlyConjunctions.test(text);
      if (!afterGap) written.push(text);
      else if (isWords) joinWords(text);
      else joinMarks(text);
      isOpen ||= isWords;
      saysSomething ||= isWords;
      afterGap = false;
      if (isWords) afterAnswer = false;
    },
    gap(answer: string | null): void {
      afterGap = true;
      if (answer === null || answer.trim() === "") return;
      if (isOpen) {
        trimEnd();
        written.push(hasHan((written.at(-1) ?? "").slice(-1)) ? "。" : ". ");
      } else if (afterAnswer) written.push(endMarks.test(written.at(-1) ?? "") ? " " : ". ");
      written.push(answer.trim());
      [isOpen, saysSomething, afterAnswer] = [false, true, true];
    },
    written(): string {
      if (!saysSomething) return "";
      if (isOpen && afterGap) trimEnd();
      return written.join("");
    },
  };
}

function asciiMark(mark: string): string {
  return mark === "。" ? "." : mark === "！" ? "!" : "?";
}

function capitalised(text: string): string {
  return text.replace(
    /^([^\p{L}\p{N}]*)(\p{Ll})/u,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}
