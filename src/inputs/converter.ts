import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { JobFailure } from "../domain/failure.ts";
import {
  conversionLimits,
  type ConversionLimits,
  type ConversionTask,
  type ConvertedPicture,
  type ConvertedText,
} from "./conversion.ts";
import { runConversion } from "./run-conversion.ts";
import { createTurns } from "./turns.ts";

type Log = { info(fields: object, message: string): void };

/** A file and what it is called by those who sent it. */
export type DocumentSource = {
  path: string;
  mime: string;
  name: string;
  /** For a page: the encoding that its `Content-Type` named. */
  charset?: string | undefined;
};
export type PictureSource = { path: string; name?: string | undefined };

/** Turns what people send into what the backend takes: documents and pages into text, HEIC into JPG. */
export function createConverter({ limits, log }: { limits?: Partial<ConversionLimits>; log?: Log } = {}) {
  const allLimits = { ...conversionLimits, ...limits };
  const inTurn = createTurns(allLimits.atOnce);

  async function convert(task: ConversionTask, signal: AbortSignal) {
    return inTurn(signal, async () => {
      const startedMs = performance.now();
      let outcome = "failed";
      let cause: unknown;
      try {
        const answer = await runConversion(task, signal);
        outcome = answer.outcome;
        return answer;
      } catch (error) {
        if (error instanceof JobFailure) [outcome, cause] = [error.code, error.cause];
        throw error;
      } finally {
        const tookMs = Math.round(performance.now() - startedMs);
        log?.info({ kind: task.kind, outcome, cause, tookMs }, "conversion");
      }
    });
  }

  return {
    /**
     * The words of a text, subtitle, DOCX, PDF or HTML file, tidied; of a page, its article with the title first. At most as many characters
     * as a script may have. Throws `JobFailure` whose detail names the file: `document_encrypted`, `document_without_text`,
     * `document_unreadable`, `page_without_article`, `script_too_long`, `file_too_large`, `file_type_not_supported`.
     */
    async documentText(source: DocumentSource, signal: AbortSignal): Promise<ConvertedText> {
      const { path, mime, name, charset = null } = source;
      const answer = await convert({ kind: "document", path, mime, name, charset, limits: allLimits }, signal);
      if (answer.outcome !== "text") throw new Error(`A document became a ${answer.outcome}.`);
      return { text: answer.text, title: answer.title };
    },

    /**
     * Writes the primary picture of a HEIC or HEIF file as JPG, turned as it is meant to be seen. What is at `targetPath` is replaced, and gone
     * when this throws: `JobFailure` (`document_unreadable`, `file_too_large`) where the file is to blame.
     */
    async jpegOf(source: PictureSource, targetPath: string, signal: AbortSignal): Promise<ConvertedPicture> {
      const { path, name = basename(path) } = source;
      try {
        const answer = await convert({ kind: "picture", path, name, targetPath, limits: allLimits }, signal);
        if (answer.outcome !== "picture") throw new Error(`A picture became a ${answer.outcome}.`);
        return { bytes: answer.bytes, widthPx: answer.widthPx, heightPx: answer.heightPx };
      } catch (error) {
        await rm(targetPath, { force: true });
        throw error;
      }
    },
  };
}
