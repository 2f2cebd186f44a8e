import type { MultipartFile } from "@fastify/multipart";
import type { FastifyReply, FastifyRequest } from "fastify";
import { JobFailure } from "../domain/failure.ts";
import { largestFileBytes } from "../domain/skill.ts";
import { connectionSignal } from "./connection-signal.ts";
import type { ApiDeps, FileKind } from "./dependencies.ts";
import { InvalidRequest } from "./invalid-request.ts";

const maxNameChars = 255;
/** Room for the boundary and headers of the one part. */
const maxMultipartOverheadBytes = 64 * 1024;
/** The size is storage's to limit: the parser would read a file that is too large to its end. */
const onePart = { parts: 1, files: 1, fields: 0, headerPairs: 20, fileSize: Infinity };

export type ReceivedFile = {
  name: string;
  mime: string;
  kind: FileKind;
  bytes: number;
  durationMs?: number;
  sha256: string;
  storageKey: string;
};

type ReceiveDeps = Pick<ApiDeps, "storage" | "recogniseFile" | "measureDurationMs">;

/**
 * Streams the one file of a multipart body to storage and recognises it. Whatever is wrong with it, nothing stays in storage
 * when this throws; after that the caller owns what is stored.
 */
export async function receiveFile(
  deps: ReceiveDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<ReceivedFile> {
  const declaredBytes = Number(request.headers["content-length"] ?? 0);
  if (declaredBytes > largestFileBytes + maxMultipartOverheadBytes) throw tooLarge();
  const signal = connectionSignal(reply);
  let received: ReceivedFile | null = null;
  try {
    for await (const part of partsOf(request)) {
      if (part.fieldname !== "file") throw notOneFile();
      received = await store(deps, part, signal);
    }
    if (received === null) throw notOneFile();
    return received;
  } catch (error) {
    // Half read, the body would block its connection, and the answer with it where a client sends all before it reads.
    reply.raw.once("finish", () => request.raw.unpipe().resume());
    if (received !== null) await deps.storage.remove(received.storageKey);
    throw error;
  }
}

/** The parts of the body; what is wrong with the multipart form itself comes out as `invalid_request`. */
async function* partsOf(request: FastifyRequest): AsyncGenerator<MultipartFile> {
  try {
    for await (const part of request.parts({ limits: onePart })) {
      if (part.type === "field") throw notOneFile();
      yield part;
    }
  } catch (cause) {
    if (cause instanceof JobFailure) throw cause;
    throw notOneFile(cause);
  }
}

async function store(
  { storage, recogniseFile, measureDurationMs }: ReceiveDeps,
  part: MultipartFile,
  signal: AbortSignal,
): Promise<ReceivedFile> {
  const { key, bytes, sha256 } = await storage
    .put("file", part.file, { maxBytes: largestFileBytes, signal })
    .catch((error: unknown) => {
      throw isCutShort(error) ? notOneFile(error) : error;
    });
  const name = nameOf(part);
  try {
    if (bytes === 0) throw new InvalidRequest([{ in: "body", path: "file", message: `${name} is empty` }]);
    const recognised = await recogniseFile(storage.pathOf(key));
    if (recognised === null) throw notKnown(name);
    const { mime, kind } = recognised;
    const durationMs = kind === "video" ? await measureDurationMs(storage.pathOf(key)) : null;
    return {
      name,
      mime,
      kind,
      bytes,
      ...(durationMs !== null && { durationMs }),
      sha256,
      storageKey: key,
    };
  } catch (error) {
    await storage.remove(key);
    throw error;
  }
}

/** The parser tells that a body ends too early only by the words of its errors. */
function isCutShort(error: unknown): boolean {
  return error instanceof Error && /terminated early|Unexpected end of multipart/.test(error.message);
}

/** The name without folders (of either kind of system) and control characters: it is shown, and never used as a path. */
function nameOf({ filename }: MultipartFile): string {
  const name = filename
    .split(/[/\\]/)
    .at(-1)
    ?.replaceAll(/\p{Cc}/gu, "")
    .trim()
    .slice(0, maxNameChars)
    .toWellFormed();
  return name === undefined || name === "" || name === "." || name === ".." ? "file" : name;
}

function tooLarge(): JobFailure {
  return new JobFailure("file_too_large", `The limit is ${largestFileBytes / 1e6} MB.`);
}

function notKnown(name: string): JobFailure {
  return new JobFailure(
    "file_type_not_supported",
    `${name} is nothing that is known. Files are recognised by their content, not by their name: this one is of another type, damaged, or holds nothing but blanks.`,
  );
}

function notOneFile(cause?: unknown): InvalidRequest {
  const message = "it must be a complete multipart form with one part: a file in the field `file`";
  return new InvalidRequest([{ in: "body", path: "file", message }], { cause });
}
