const cjk = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFF65]`;
const endsInCjk = new RegExp(`${cjk}$`, "u");
const beginsWithCjk = new RegExp(`^${cjk}`, "u");
const endsSentence = /[.!?…。！？:：][\p{Pe}\p{Pf}"']*$/u;

/** Two lines of one sentence as one: Chinese and Japanese put no space between words. */
export function joinLines(before: string, after: string): string {
  if (before === "" || after === "") return before + after;
  return `${before}${endsInCjk.test(before) && beginsWithCjk.test(after) ? "" : " "}${after}`;
}

/** As `joinLines`, for text that was broken into lines by a typesetter: a word that was hyphenated is put together again. */
export function joinWrappedLines(before: string, after: string): string {
  const isHyphenated = /\p{L}[-‐\u00AD]$/u.test(before) && /^\p{Ll}/u.test(after);
  return isHyphenated ? before.slice(0, -1) + after : joinLines(before, after);
}

export function isSentenceEnd(line: string): boolean {
  return endsSentence.test(line);
}
