/** Below this share of familiar characters, bytes without a mark are not taken for UTF-16. */
const minFamiliarShare = 0.25;

/** Alphabets, kana, Hangul, punctuation, and the commonest Chinese characters: most of what a text is made of in any of these scripts. */
const familiar =
  /[\t\r\n -~\u00A0-\u06FF\u3000-\u30FF\uAC00-\uD7A3\uFF01-\uFF65的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會也你对對生能而子那得于着著下自之年过過发發后後作里裡用道行所然家种種多小心学學天高]/gu;

/** Where the zeros of UTF-16 come from; also what is written in other letters has a line break, a blank or a number somewhere. */
const ascii = /[\t\r\n -~]/;

/** What no text holds, and misread bytes soon do: unassigned, private, and control characters other than white space. */
// oxlint-disable-next-line no-control-regex -- the characters that text does not hold
const neverText = /[\p{Cn}\p{Co}\0-\x08\x0E-\x1F\x7F]/u;

/**
 * The text in bytes that are UTF-8 or UTF-16, with a byte order mark or without; `null` when they are neither. The mark is not part
 * of the text. With `cutOff` they may end in the middle of a character.
 */
export function decodeUnicode(bytes: Uint8Array, options: { cutOff: boolean }): string | null {
  const marked = markedEncoding(bytes);
  if (marked !== null) return decode(bytes, marked, options);
  // Text in UTF-8 holds no NUL, and in UTF-16 every line break or Latin letter has one.
  return bytes.includes(0) ? decodeUnmarkedUtf16(bytes, options) : decode(bytes, "utf-8", options);
}

function markedEncoding([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : null;
}

function decode(bytes: Uint8Array, encoding: string, { cutOff }: { cutOff: boolean }): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: cutOff });
  } catch {
    return null;
  }
}

/** Both byte orders are tried: the wrong one makes rare characters of common ones. */
function decodeUnmarkedUtf16(bytes: Uint8Array, options: { cutOff: boolean }): string | null {
  const readings = ["utf-16le", "utf-16be"]
    .map((encoding) => decode(bytes, encoding, options))
    .filter((text) => text !== null && ascii.test(text) && !neverText.test(text))
    .map((text) => ({ text, share: familiarShare(text ?? "") }));
  const best = readings.toSorted((one, other) => other.share - one.share)[0];
  return best !== undefined && best.share >= minFamiliarShare ? best.text : null;
}

function familiarShare(text: string): number {
  return (text.match(familiar)?.length ?? 0) / text.length;
}
