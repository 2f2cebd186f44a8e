import { analyse } from "chardet";
import { JobFailure } from "../domain/failure.ts";
import { decodeUnicode } from "../domain/unicode-text.ts";

const sampleBytes = 64 * 1024;
/** Of chardet's 100. Noise has less than 10, and so have texts of a few characters; real ones have 30 and more. */
const minConfidence = 25;
/** By how much the best guess must lead the next one that would read differently. */
const minLead = 5;

/** Curly quotes, dashes, the ellipsis and such, which all code pages of Windows have in the same places. */
const onlySharedMarks = /^[\0-\x7F\x85\x91-\x97\xA0\xA9\xAB\xAE\xB0\xB7\xBB]*$/;
/** What no text holds: C1 controls, private and unassigned characters. They show that the guess was wrong. */
const neverText = /[\x80-\x9F\p{Co}\p{Cn}]/u;

/** The text of a file in Unicode or one of the older encodings. Throws `JobFailure` when it is not clear which. */
export function decodeText(bytes: Buffer, name: string): string {
  const text = decodeUnicode(bytes, { cutOff: false }) ?? decodeLegacy(bytes);
  if (text !== null) return text;
  throw new JobFailure(
    "document_unreadable",
    `The encoding of ${name} is not clear. Save it as UTF-8, and send it again.`,
  );
}

/** `null` when no encoding is likely enough: a wrong guess would be sent, and paid for, as nonsense. */
export function decodeLegacy(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null;
  const sample = bytes.subarray(0, sampleBytes);
  if (onlySharedMarks.test(sample.toString("latin1"))) return decodeAs("windows-1252", bytes);
  const guesses = analyse(sample).flatMap(({ name, confidence }) => {
    const text = decodeAs(name, sample, { cutOff: true });
    return text === null ? [] : [{ name, confidence, text }];
  });
  const [best] = guesses;
  if (best === undefined || best.confidence < minConfidence) return null;
  const rival = guesses.find(({ text }) => text !== best.text);
  return rival !== undefined && best.confidence - rival.confidence < minLead ? null : decodeAs(best.name, bytes);
}

/** `null` when the bytes are not in this encoding, or the platform does not know it. */
function decodeAs(encoding: string, bytes: Uint8Array, { cutOff = false } = {}): string | null {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: cutOff });
    return neverText.test(text) ? null : text;
  } catch {
    return null;
  }
}
