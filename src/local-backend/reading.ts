const wordSegmenter = new Intl.Segmenter(undefined, { granularity: "word" });
const sentenceSegmenter = new Intl.Segmenter(undefined, { granularity: "sentence" });

/** How long it takes to read this on a screen: words of any language, as ICU finds them, or length for what has none. */
export function readingMs(text: string): number {
  const words = wordsOf(text).filter((word) => word.isWordLike === true).length;
  return 700 + 190 * Math.max(words, text.length / 16);
}

/** The first clause, or as many first words as fit; for names and titles. A list's number is none of them. */
export function firstWords(text: string, maxWidth: number): string {
  const named = text.replace(/^\(?\d{1,2}[.)、]\s*/u, "");
  const clause = /^.+?(?=[,.;:!?，。；：！？—…](?:\s|$|[^\d\s]))/u.exec(named)?.[0] ?? named.replace(/[.。!！]+$/u, "");
  if (widthOf(clause) <= maxWidth) return clause.trim();
  let kept = "";
  for (const { segment } of wordsOf(clause)) {
    if (widthOf(kept + segment) > maxWidth - 1) break;
    kept += segment;
  }
  return `${
    kept.trim() ||
    Array.from(clause)
      .slice(0, Math.floor(maxWidth / 2))
      .join("")
  }…`;
}

export function joinWords(head: string, tail: string): string {
  return isWide(head.slice(-1)) || isWide(tail.slice(0, 1)) ? head + tail : `${head} ${tail}`;
}

export function sentencesOf(text: string): string[] {
  return Array.from(sentenceSegmenter.segment(text), ({ segment }) => segment.trim()).filter(
    (sentence) => sentence !== "",
  );
}

export function wordsOf(text: string): Intl.SegmentData[] {
  return [...wordSegmenter.segment(text)];
}

/** Columns, as in a terminal: 2 for a Chinese, Japanese or Korean character. */
export function widthOf(text: string): number {
  return Array.from(text).reduce((sum, char) => sum + (isWide(char) ? 2 : 1), 0);
}

function isWide(char: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u.test(char);
}
