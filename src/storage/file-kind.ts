import { open } from "node:fs/promises";
import { fileTypeFromBuffer, fileTypeFromFile, type FileTypeResult } from "file-type";
import { decodeUnicode } from "../domain/unicode-text.ts";

export type FileKind = "image" | "video" | "audio" | "document" | "text";
export type RecognisedFile = { mime: string; extension: string; kind: FileKind };

const known: readonly RecognisedFile[] = [
  { extension: "mp4", mime: "video/mp4", kind: "video" },
  { extension: "mov", mime: "video/quicktime", kind: "video" },
  { extension: "avi", mime: "video/x-msvideo", kind: "video" },
  { extension: "webm", mime: "video/webm", kind: "video" },
  { extension: "mkv", mime: "video/x-matroska", kind: "video" },
  { extension: "jpg", mime: "image/jpeg", kind: "image" },
  { extension: "png", mime: "image/png", kind: "image" },
  { extension: "gif", mime: "image/gif", kind: "image" },
  { extension: "webp", mime: "image/webp", kind: "image" },
  { extension: "heic", mime: "image/heic", kind: "image" },
  { extension: "mp3", mime: "audio/mpeg", kind: "audio" },
  { extension: "wav", mime: "audio/wav", kind: "audio" },
  { extension: "m4a", mime: "audio/mp4", kind: "audio" },
  { extension: "aac", mime: "audio/aac", kind: "audio" },
  {
    extension: "docx",
    mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    kind: "document",
  },
  { extension: "pdf", mime: "application/pdf", kind: "document" },
  // A compound file: Office's format of before 2007, and what it makes of a DOCX with a password.
  { extension: "cfb", mime: "application/x-cfb", kind: "document" },
];
const knownByExtension = new Map(known.map((file) => [file.extension, file]));

/** Names that file-type gives to variants of what is known: an animated PNG, an MP4 with Apple's brand. */
const sameAs: Readonly<Record<string, string>> = { apng: "png", m4v: "mp4" };

/** Formats that are written in text and yet are no text for people. PDF often is, as far as the sample goes. */
const writtenInText = new Set(["pdf", "rtf", "ps", "eps", "xml", "svg", "ics", "vcf", "vtt", "pgp"]);

/** Bounds what a file with forged sizes can make file-type read at once. */
const maxProbeBytes = 1024 * 1024;
const textSampleBytes = 64 * 1024;
// oxlint-disable-next-line no-control-regex -- the characters that text files do not hold
const controlCharacters = /[\0-\x08\x0E-\x1A\x1C-\x1F\x7F]/;
const firstSubtitle = /^\s*\d+\s*\r?\n\d{2,}:\d{2}:\d{2}[,.]\d{3} --> \d{2,}:\d{2}:\d{2}[,.]\d{3}/;
/** How pages begin (WHATWG MIME Sniffing, 7.1), after comments and an XML declaration. */
const firstTag =
  /^\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->)[^]){0,2000}-->\s*){0,5}<(?:!doctype\s+html|html|head|body|title|meta|script|style|div|h1|p|table|iframe)[\s>]/i;

/** What a file is, by its content and never by its name: a path, or the file's first bytes. `null` when it is none of those above. */
export async function recogniseFile(source: string | Uint8Array): Promise<RecognisedFile | null> {
  const detected = await detect(source);
  const sample = typeof source === "string" ? await readStart(source) : source.subarray(0, textSampleBytes);
  const text = textOf(sample);
  // Letters alone can look like a format's mark: "BMW" begins as a bitmap does.
  if (text === null || (detected && writtenInText.has(detected.ext) && !firstTag.test(text))) {
    return detected ? (knownByExtension.get(sameAs[detected.ext] ?? detected.ext) ?? null) : null;
  }
  if (firstTag.test(text)) return { extension: "html", mime: "text/html", kind: "document" };
  return firstSubtitle.test(text)
    ? { extension: "srt", mime: "application/x-subrip", kind: "text" }
    : { extension: "txt", mime: "text/plain", kind: "text" };
}

async function detect(source: string | Uint8Array): Promise<FileTypeResult | undefined> {
  const options = { maxBufferSize: maxProbeBytes };
  return typeof source === "string" ? fileTypeFromFile(source, options) : fileTypeFromBuffer(source, options);
}

async function readStart(path: string): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(textSampleBytes), 0, textSampleBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * The beginning of a text file in Unicode or, when it is in an older encoding, as if it were Latin: which one it is takes a look at the whole
 * file. `null` when it is no text.
 */
function textOf(sample: Uint8Array): string | null {
  const text =
    decodeUnicode(sample, { cutOff: sample.length === textSampleBytes }) ?? Buffer.from(sample).toString("latin1");
  return text.trim() === "" || controlCharacters.test(text) ? null : text;
}
