import type { FailureCode } from "../domain/failure.ts";
import { requestLimits } from "../domain/job-request.ts";

const MiB = 1024 * 1024;

/** What one conversion may cost; what is over a limit gets a clear error. */
export const conversionLimits = {
  /** UTF-16 units, as everywhere where text is limited. */
  scriptChars: requestLimits.textChars,
  /** Of a file of text or subtitles. In a script of 50,000 characters, times and tags are a few times the words. */
  textBytes: 4 * MiB,
  pageBytes: 5 * MiB,
  /** Finding the article takes time that grows with their square. */
  pageElements: 30_000,
  documentBytes: 200 * MiB,
  pictureBytes: 200 * MiB,
  /** Width times height: phones make up to 48 million. */
  picturePixels: 50_000_000,
  pdfPages: 1_000,
  docxEntries: 5_000,
  /** All parts of a DOCX that hold text, unpacked: a hundred bytes of markup for each character of the longest script. */
  docxTextBytes: 8 * MiB,
  /** What a conversion's process may have resident, and how long it may take: twice what the largest good files need, on a busy machine. */
  documentMemoryBytes: 768 * MiB,
  documentTimeMs: 60_000,
  pictureMemoryBytes: 1024 * MiB,
  pictureTimeMs: 120_000,
  /** Conversions in progress in one process of Reelay; more wait for their turn. */
  atOnce: 2,
};
export type ConversionLimits = typeof conversionLimits;

export type DocumentTask = {
  kind: "document";
  path: string;
  name: string;
  mime: string;
  /** The encoding that the sender of a page named, if any. */
  charset: string | null;
  limits: ConversionLimits;
};
export type PictureTask = { kind: "picture"; path: string; name: string; targetPath: string; limits: ConversionLimits };
export type ConversionTask = DocumentTask | PictureTask;

export type ConvertedText = { text: string; title: string | null };
export type ConvertedPicture = { bytes: number; widthPx: number; heightPx: number };

/** What the process of a conversion says at its end. `cause` is for the log. */
export type ConversionAnswer =
  | ({ outcome: "text" } & ConvertedText)
  | ({ outcome: "picture" } & ConvertedPicture)
  | { outcome: "failed"; code: FailureCode; detail: string; cause: string | null }
  | { outcome: "out_of_memory" }
  /** Not the file's fault. */
  | { outcome: "crashed"; cause: string };
