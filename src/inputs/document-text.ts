import { readFile, stat } from "node:fs/promises";
import { JobFailure } from "../domain/failure.ts";
import type { ConvertedText, DocumentTask } from "./conversion.ts";
import { decodeText } from "./decode-text.ts";
import { groupedDigits } from "./grouped-digits.ts";
import { spokenWords } from "./subtitles.ts";
import { tidyText } from "./tidy-text.ts";

const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/** Reads a document to the text of a script. Throws `JobFailure`, and whatever a library throws at damaged bytes. */
export async function convertDocument(task: DocumentTask): Promise<ConvertedText> {
  const { name, limits } = task;
  const { text: raw, title } = await read(task);
  const text = tidyText(raw);
  if (text === "") throw new JobFailure("document_without_text", `${name} holds no text.`);
  if (text.length > limits.scriptChars) {
    throw new JobFailure(
      "script_too_long",
      `${name} has ${groupedDigits(text.length)} characters of text; a script may have ${groupedDigits(limits.scriptChars)}.`,
    );
  }
  return { text, title };
}

async function read(task: DocumentTask): Promise<ConvertedText> {
  const { mime, name, charset, limits } = task;
  switch (mime) {
    case "text/plain":
      return { text: decodeText(await readText(task), name), title: null };
    case "application/x-subrip":
      return { text: spokenWords(decodeText(await readText(task), name)), title: null };
    case "text/html": {
      const { articleOf, decodePage } = await import("./page.ts");
      return articleOf(decodePage(await readAtMost(task, limits.pageBytes), charset, name), name, limits.pageElements);
    }
    case "application/pdf": {
      const { pdfText } = await import("./pdf-text.ts");
      return { text: await pdfText(await readAtMost(task, limits.documentBytes), name, limits), title: null };
    }
    case docx: {
      const { docxText } = await import("./docx-text.ts");
      return { text: await docxText(await readAtMost(task, limits.documentBytes), name, limits), title: null };
    }
    case "application/x-cfb":
      throw oldOffice(await readAtMost(task, limits.documentBytes), name);
    default:
      throw new JobFailure("file_type_not_supported", `${name} is ${mime}, which no text is read from.`);
  }
}

async function readText(task: DocumentTask): Promise<Buffer> {
  const { textBytes, scriptChars } = task.limits;
  const { size } = await stat(task.path);
  if (size <= textBytes) return readFile(task.path);
  throw new JobFailure(
    "script_too_long",
    `${task.name} has ${groupedDigits(size)} bytes of text; a script may have ${groupedDigits(scriptChars)} characters.`,
  );
}

async function readAtMost({ path, name }: DocumentTask, maxBytes: number): Promise<Buffer> {
  const { size } = await stat(path);
  if (size <= maxBytes) return readFile(path);
  throw new JobFailure(
    "file_too_large",
    `${name} has ${groupedDigits(size)} bytes; text is read from at most ${groupedDigits(maxBytes)}.`,
  );
}

/** A compound file: what Office makes of a DOCX with a password, and what it made of every document before 2007. */
function oldOffice(bytes: Buffer, name: string): JobFailure {
  const isEncrypted = bytes.includes(Buffer.from("EncryptedPackage", "utf16le"));
  return isEncrypted
    ? new JobFailure(
        "document_encrypted",
        `${name} is an Office document with a password. Save it without, and send it again.`,
      )
    : new JobFailure(
        "file_type_not_supported",
        `${name} is in Office's format of before 2007. Save it as DOCX or PDF.`,
      );
}
