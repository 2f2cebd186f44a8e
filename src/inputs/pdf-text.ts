import { getDocumentProxy } from "unpdf";
import { JobFailure } from "../domain/failure.ts";
import type { ConversionLimits } from "./conversion.ts";
import { groupedDigits } from "./grouped-digits.ts";
import { joinPdfLines, type PdfLine } from "./pdf-lines.ts";

/** A PDF ends with `%%EOF`, after which some programs leave a little more. */
const endBytes = 4096;
const silent = 0;

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/** The text of a PDF in reading order, put together from its lines. Throws `JobFailure`, and what pdf.js throws at damaged bytes. */
export async function pdfText(bytes: Buffer, name: string, limits: ConversionLimits): Promise<string> {
  // pdf.js mends what it can, and would give the first pages of a file that was cut off as if they were all.
  if (!bytes.subarray(-endBytes).includes("%%EOF")) {
    throw new JobFailure("document_unreadable", `${name} is not complete: the end of the PDF is missing.`);
  }
  const pdf = await open(bytes, name);
  if (pdf.numPages > limits.pdfPages) {
    throw new JobFailure(
      "script_too_long",
      `${name} has ${groupedDigits(pdf.numPages)} pages; at most ${groupedDigits(limits.pdfPages)} are read.`,
    );
  }
  const pages: PdfLine[][] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) pages.push(await linesOf(pdf, number));
  const text = joinPdfLines(pages);
  if (text === "") {
    const pageCount = pdf.numPages === 1 ? "Its page is a picture" : `Its ${pdf.numPages} pages are pictures`;
    throw new JobFailure("document_without_text", `${name} holds no text. ${pageCount}, as of a scan.`);
  }
  return text;
}

async function open(bytes: Buffer, name: string): Promise<PdfDocument> {
  try {
    // pdf.js takes the memory away from what it is given, which a Buffer may share.
    return await getDocumentProxy(new Uint8Array(bytes), { verbosity: silent, useSystemFonts: false });
  } catch (cause) {
    if (cause instanceof Error && (cause.name === "PasswordException" || /encrypt/i.test(cause.message))) {
      throw new JobFailure("document_encrypted", `${name} can only be opened with a password.`, { cause });
    }
    throw new JobFailure("document_unreadable", `${name} is damaged: it cannot be read as a PDF.`, { cause });
  }
}

async function linesOf(pdf: PdfDocument, pageNumber: number): Promise<PdfLine[]> {
  const page = await pdf.getPage(pageNumber);
  const { items } = await page.getTextContent();
  const lines: PdfLine[] = [];
  let line: PdfLine | null = null;
  for (const item of items) {
    if (!("str" in item)) continue;
    const [, , , , left = 0, bottom = 0]: number[] = item.transform;
    line ??= { text: "", bottom, height: 0, right: 0 };
    line.text += item.str;
    line.height = Math.max(line.height, item.height);
    line.right = Math.max(line.right, left + item.width);
    if (!item.hasEOL) continue;
    lines.push(line);
    line = null;
  }
  if (line !== null) lines.push(line);
  page.cleanup();
  return lines;
}
