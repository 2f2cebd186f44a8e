import { createWriteStream } from "node:fs";
import { pipeline as pipe, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { JobFailure } from "../domain/failure.ts";
import { formatOf, formatsInWords, type InputFormat } from "../domain/media-type.ts";
import type { Download } from "../outbound/outbound-client.ts";
import { recogniseFile } from "../storage/file-kind.ts";

/** Enough to tell media by; what cannot be told by it is fetched whole. */
const sampleBytes = 64 * 1024;
/** A page with more HTML than this is no article. */
const maxPageBytes = 8_000_000;

/** `charset`: what the server says of text. */
export type UrlContent = { format: InputFormat; charset: string | null };

/**
 * Looks at what an answer holds, by its content; the headers only tell a page from other text. What has to be converted is
 * written to `path`. Media stay where they are: only their size is of interest, which the server says, or it is counted.
 * Throws `JobFailure` (`file_type_not_supported`, `file_too_large`), `OutboundError`, and what broken compression throws.
 */
export async function readUrlContent(
  download: Download,
  { label, path, maxBytes }: { label: string; path: string; maxBytes: number },
): Promise<UrlContent> {
  const body = decodedBody(download);
  try {
    const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
    const sample = await takeSample(chunks);
    if (sample.length === 0) throw new JobFailure("url_unreachable", `${label} is empty.`);
    const charset = charsetOf(download);
    const told = await formatIn(sample, download);
    if (told?.use === "as_is") {
      if (!isSizeDeclared(download)) for await (const chunk of whole(sample, chunks, maxBytes, label)) void chunk;
      return { format: told, charset };
    }
    const limitBytes = told?.name === "html" ? Math.min(maxPageBytes, maxBytes) : maxBytes;
    await pipeline(whole(sample, chunks, limitBytes, label), createWriteStream(path));
    const format = told ?? (await formatIn(path, download));
    if (format === null) throw notSupported(label, contentTypeOf(download));
    return { format, charset };
  } finally {
    body.on("error", () => {}).destroy();
  }
}

async function formatIn(source: string | Uint8Array, download: Download): Promise<InputFormat | null> {
  const recognised = await recogniseFile(source);
  const isPage = /^(?:text\/html|application\/xhtml\+xml)\b/i.test(contentTypeOf(download));
  if (isPage && (recognised === null || recognised.mime === "text/plain")) return formatOf("text/html");
  return recognised && formatOf(recognised.mime);
}

/** Some servers compress what nobody asked them to. */
function decodedBody({ headers, body }: Download): Readable {
  const decoder = decoderFor((headers["content-encoding"] ?? "").toLowerCase());
  // Whoever reads learns of an error of either.
  return decoder === null ? body : pipe(body, decoder, () => undefined);
}

function decoderFor(encoding: string) {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    default:
      return null;
  }
}

/** Of a compressed body the length on the wire says nothing. */
function isSizeDeclared({ headers }: Download): boolean {
  return headers["content-length"] !== undefined && headers["content-encoding"] === undefined;
}

function contentTypeOf({ headers }: Download): string {
  return headers["content-type"] ?? "";
}

function charsetOf(download: Download): string | null {
  return /;\s*charset="?([\w.:-]{1,40})/i.exec(contentTypeOf(download))?.[1] ?? null;
}

async function takeSample(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const taken: Buffer[] = [];
  let bytes = 0;
  while (bytes < sampleBytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    taken.push(next.value);
    bytes += next.value.length;
  }
  return Buffer.concat(taken);
}

async function* whole(
  sample: Buffer,
  rest: AsyncIterator<Buffer>,
  maxBytes: number,
  label: string,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for (let next: IteratorResult<Buffer> = { value: sample }; next.done !== true; next = await rest.next()) {
    bytes += next.value.length;
    if (bytes > maxBytes) throw tooLarge(label, maxBytes);
    yield next.value;
  }
}

export function tooLarge(label: string, maxBytes: number): JobFailure {
  return new JobFailure("file_too_large", `${label} is over the limit of ${Math.round(maxBytes / 1e6)} MB.`);
}

function notSupported(label: string, contentType: string): JobFailure {
  const [type = ""] = /^[\w.+-]{1,60}\/[\w.+-]{1,60}/.exec(contentType) ?? [];
  const claim = type === "" ? "" : `, which it calls ${type}`;
  return new JobFailure(
    "file_type_not_supported",
    `${label} is something else${claim}. Accepted are ${formatsInWords("as_is", "to_jpg", "to_text")}.`,
  );
}
