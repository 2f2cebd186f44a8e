import { eld } from "eld/extrasmall";

/** Of a long text, so many pieces from its beginning to its end are looked at. */
const pieces = 10;
/** The detector looks at the first 350 bytes of what it gets. */
const pieceChars = 200;
/** A Chinese or Japanese character says about as much as three Latin letters. */
const letterWorth = { cjk: 3, other: 1 };
/** Fewer letters than this can be read as many languages. */
const minLetters = 20;
/** Han, kana and Hangul tell their languages by themselves, also in short texts. */
const minCjkWorth = 6;
/** What is not clearly in one language counts as mixed. */
const minShare = 2 / 3;
/** Japanese has kana between its Chinese characters; a Chinese text may quote a few. */
const minKanaShare = 0.15;

const uncertain = "en";
const noWords = /\b(?:https?:\/\/|www\.)\S+|\S+@\S+\.\S+|[#@][\w-]+/g;

/** The ISO 639-1 code of a text's language, for the backend's `language`: `en` when in doubt. Chinese is `zh` in either script. */
export function languageOf(text: string): string {
  const votes = new Map<string, number>();
  let all = 0;
  for (const piece of piecesOf(text)) {
    const { language, worth } = judge(piece.replaceAll(noWords, " "));
    all += worth;
    if (language !== null) votes.set(language, (votes.get(language) ?? 0) + worth);
  }
  const [language, worth] = [...votes].toSorted(([, one], [, other]) => other - one)[0] ?? [uncertain, 0];
  return worth >= minShare * all ? language : uncertain;
}

/** Bounds the work: what is in between is not looked at. */
function piecesOf(text: string): string[] {
  if (text.length <= pieces * pieceChars) {
    return Array.from({ length: Math.ceil(text.length / pieceChars) }, (_, index) =>
      text.slice(index * pieceChars, (index + 1) * pieceChars),
    );
  }
  const step = Math.floor((text.length - pieceChars) / (pieces - 1));
  return Array.from({ length: pieces }, (_, index) => text.slice(index * step, index * step + pieceChars));
}

function judge(piece: string): { language: string | null; worth: number } {
  const han = count(piece, /\p{Script=Han}/gu);
  const kana = count(piece, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const hangul = count(piece, /\p{Script=Hangul}/gu);
  const letters = count(piece, /\p{L}/gu) - han - kana - hangul;
  const cjkWorth = letterWorth.cjk * (han + kana + hangul);
  const worth = cjkWorth + letterWorth.other * letters;
  const share = (part: number): boolean => cjkWorth >= minCjkWorth && letterWorth.cjk * part >= minShare * worth;
  if (share(hangul)) return { language: "ko", worth };
  if (share(han + kana)) return { language: kana >= minKanaShare * (han + kana) ? "ja" : "zh", worth };
  if (letters < minLetters || cjkWorth > (1 - minShare) * worth) return { language: null, worth };
  const guess = eld.detect(piece);
  return { language: guess.isReliable() && /^[a-z]{2}$/.test(guess.language) ? guess.language : null, worth };
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
