import { fromBufferPromise, type Entry, type ZipFile } from "yauzl";
import { JobFailure } from "../domain/failure.ts";
import type { ConversionLimits } from "./conversion.ts";
import { groupedDigits } from "./grouped-digits.ts";

/** Where the text and its structure are. Pictures, fonts and data that came along are never unpacked. */
const textPart = /^(?!customXml\/).*\.(?:xml|rels)$/;

/**
 * Unpacks the parts of a DOCX that text is read from, counting what really comes out, whatever the archive says of itself. Throws
 * `JobFailure`, and what yauzl throws at a damaged archive.
 */
export async function unpackTextParts(
  bytes: Buffer,
  name: string,
  limits: ConversionLimits,
): Promise<ReadonlyMap<string, Buffer>> {
  const archive = await fromBufferPromise(bytes, { lazyEntries: true });
  if (archive.entryCount > limits.docxEntries)
    throw unsafe(name, `it packs ${groupedDigits(archive.entryCount)} files`);
  const parts = new Map<string, Buffer>();
  let roomBytes = limits.docxTextBytes;
  for await (const entry of archive.eachEntry()) {
    if (!textPart.test(entry.fileName)) continue;
    if (entry.isEncrypted()) throw new JobFailure("document_encrypted", `${name} is packed with a password.`);
    const part = await inflate(archive, entry, roomBytes);
    if (part === null) throw unsafe(name, `its text unpacks to more than ${groupedDigits(limits.docxTextBytes)} bytes`);
    // No document of Office declares entities; those that do want them to expand without end, or to read other files.
    if (part.includes("<!DOCTYPE")) throw unsafe(name, "it declares XML entities");
    roomBytes -= part.length;
    parts.set(entry.fileName, part);
  }
  return parts;
}

/** `null` when there is no room for what comes out. */
async function inflate(archive: ZipFile, entry: Entry, roomBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of (await archive.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > roomBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unsafe(name: string, why: string): JobFailure {
  return new JobFailure("document_unreadable", `${name} is not safe to open: ${why}.`);
}
