import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, mkdirSync, readdirSync, rmSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileTypeFromFile } from "file-type";
import { ProtocolError } from "./protocol-error.ts";
import { probeMedia } from "./render/probe.ts";
import type { MediaFile } from "./session-record.ts";

const ACCEPTED = new Set(["mp4", "mov", "avi", "webm", "mkv", "jpg", "png", "gif", "webp", "mp3", "wav", "m4a", "aac"]);

/** The largest file of each skill, as the backend's front doors name them. Others: the configured limit. */
const skillLimitsMb: Record<string, number> = {
  "text-to-video-capcut": 200,
  "ai-to-video": 50,
  "generator-capcut": 500,
  "image-to-video-capcut": 200,
  "ai-video-creator-online": 500,
};

export type MediaStore = {
  dir: string;
  /**
   * Streams a file into the folder, under its hash. Its type is recognised by its content, whatever its name says.
   * Throws `file_type` and `file_too_large`; the source is read to its end or destroyed in any case.
   */
  receive: (source: Readable, filename: string, skill: string | null) => Promise<MediaFile>;
};

export function openMediaStore(dir: string, limitBytes: number, ffmpegPath: string): MediaStore {
  mkdirSync(dir, { recursive: true });
  for (const name of readdirSync(dir)) if (name.endsWith(".part")) rmSync(join(dir, name));

  return {
    dir,
    receive: async (source, filename, skill) => {
      const maxBytes = Math.min(limitBytes, (skillLimitsMb[skill ?? ""] ?? Infinity) * 1_000_000);
      const partPath = join(dir, `${randomUUID()}.part`);
      try {
        const { hash, bytes } = await store(source, partPath, maxBytes);
        if (bytes > maxBytes) {
          throw new ProtocolError(
            "file_too_large",
            `${filename} is larger than ${maxBytes / 1_000_000} MB; compress or trim it`,
          );
        }
        const type = await fileTypeFromFile(partPath);
        if (type === undefined || !ACCEPTED.has(type.ext)) {
          throw new ProtocolError("file_type", `${filename} is not supported; send one of ${[...ACCEPTED].join(", ")}`);
        }
        const { kind, durationMs, widthPx, heightPx, fps } = await probeMedia(partPath, ffmpegPath).catch(() => {
          throw new ProtocolError("file_type", `${filename} cannot be read as ${type.ext}`);
        });
        await rename(partPath, join(dir, `${hash}.${type.ext}`));
        return {
          hash,
          extension: type.ext,
          filename,
          fileType: type.mime,
          bytes,
          kind,
          durationMs,
          widthPx,
          heightPx,
          fps,
        };
      } finally {
        await rm(partPath, { force: true });
      }
    },
  };
}

/** Writes at most `maxBytes`, and reads on after that: a multipart body is only understood when it is read to its end. */
async function store(source: Readable, path: string, maxBytes: number): Promise<{ hash: string; bytes: number }> {
  const digest = createHash("sha256");
  let bytes = 0;
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes) continue;
        digest.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  return { hash: digest.digest("hex"), bytes };
}
