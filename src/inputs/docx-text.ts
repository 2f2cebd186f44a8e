import { parseHTML } from "linkedom";
import mammoth from "mammoth";
import { JobFailure } from "../domain/failure.ts";
import type { ConversionLimits } from "./conversion.ts";
import { unpackTextParts } from "./docx-parts.ts";
import { groupedDigits } from "./grouped-digits.ts";
import { htmlText } from "./html-text.ts";
import { storedZip } from "./stored-zip.ts";

/** What is not part of the text that a reader reads. */
const styleMap = ["comment-reference => "];
const withoutPictures = mammoth.images.imgElement(() => Promise.resolve({ src: "" }));

/** The text of a DOCX: paragraphs, items of lists and rows of tables, each on a line. */
export async function docxText(bytes: Buffer, name: string, limits: ConversionLimits): Promise<string> {
  const parts = await unpackTextParts(bytes, name, limits);
  if (!parts.has("[Content_Types].xml") || !parts.has("_rels/.rels")) {
    throw new JobFailure("document_unreadable", `${name} is an archive, but no DOCX document.`);
  }
  refuseBook(parts, name, limits.scriptChars);
  // The library unpacks by itself, without limits: so it gets what was unpacked already.
  const { value } = await mammoth.convertToHtml(
    { buffer: storedZip(parts) },
    { styleMap, convertImage: withoutPictures, includeEmbeddedStyleMap: false },
  );
  const { document } = parseHTML(`<!doctype html><html><body>${value}</body></html>`);
  return htmlText(document.body);
}

/** The library takes a thousand times the memory of a text, so one that is far too long is refused before. Text in shapes may count twice. */
function refuseBook(parts: ReadonlyMap<string, Buffer>, name: string, maxChars: number): void {
  const words =
    parts
      .get("word/document.xml")
      ?.toString()
      .matchAll(/<w:t(?:\s[^<>]*)?>([^<]*)/g) ?? [];
  let chars = 0;
  for (const [, text = ""] of words) chars += text.length;
  if (chars <= 2 * maxChars) return;
  throw new JobFailure(
    "script_too_long",
    `${name} has about ${groupedDigits(chars)} characters of text; a script may have ${groupedDigits(maxChars)}.`,
  );
}
