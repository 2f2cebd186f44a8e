import { Readable } from "node:stream";
import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { success } from "../envelope.ts";
import { ProtocolError } from "../protocol-error.ts";
import type { Services } from "../services.ts";
import type { MediaFile, Session } from "../session-record.ts";
import { parseBody, parseWith } from "./body.ts";
import { bearerOf } from "./gate.ts";
import { originOf, sessionPathSchema } from "./sessions.ts";

const MAX_FILES = 200;
const FETCH_TIMEOUT_MS = 120_000;

const urlsSchema = z.object({
  urls: z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1)
    .max(MAX_FILES),
  source_type: z.literal("url"),
});

/** Files into a session, as multipart or by address. One bad file refuses the whole call. */
export async function addUploadRoute(app: FastifyInstance, services: Services): Promise<void> {
  // The size limit is the media store's, which knows the skill and answers 4002.
  await app.register(multipart, { limits: { files: MAX_FILES, fileSize: Infinity } });

  app.post(
    "/api/upload-video/nemo_agent/me/:sessionId",
    { config: { endpoint: "upload", scope: "upload" } },
    async (request) => {
      const { sessionId } = parseWith(sessionPathSchema, request.params);
      const session = services.sessions.find(sessionId, bearerOf(request));
      const source = request.isMultipart() ? "multipart" : "url";
      const received =
        source === "multipart" ? await receiveFiles(request, services) : await fetchFiles(request, services);
      session.media.push(...received.map((file) => ({ ...file, messagesBefore: session.messages })));
      services.sessions.save(session);
      for (const media of received) note(session, media, source, services);
      return success({
        files: received.map((media) => describe(media, originOf(request), services)),
        session_state_applied: true,
      });
    },
  );
}

async function receiveFiles(request: FastifyRequest, { media }: Services): Promise<MediaFile[]> {
  const received: MediaFile[] = [];
  let refused: unknown = null;
  for await (const part of request.files()) {
    if (part.fieldname !== "files" || refused !== null) {
      refused ??= new ProtocolError("bad_request", `Files belong in the field "files", not "${part.fieldname}"`);
      part.file.resume();
      continue;
    }
    try {
      received.push(await media.receive(part.file, part.filename, skillOf(request)));
    } catch (error) {
      refused = error;
    }
  }
  if (refused !== null) throw refused;
  if (received.length === 0) throw new ProtocolError("bad_request", 'There is no file in the field "files"');
  return received;
}

async function fetchFiles(request: FastifyRequest, { media }: Services): Promise<MediaFile[]> {
  const { urls } = parseBody(request, urlsSchema);
  const received: MediaFile[] = [];
  for (const url of urls) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) }).catch((error: unknown) => {
      throw new ProtocolError("bad_request", `${url} cannot be fetched: ${String(error)}`);
    });
    if (!answer.ok || answer.body === null) throw new ProtocolError("bad_request", `${url} answered ${answer.status}`);
    const filename = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "") || "file";
    received.push(await media.receive(Readable.fromWeb(answer.body), filename, skillOf(request)));
  }
  return received;
}

function skillOf(request: FastifyRequest): string | null {
  const skill = request.headers["x-skill-source"];
  return typeof skill === "string" ? skill : null;
}

function note(session: Session, media: MediaFile, source: "multipart" | "url", { ledger }: Services): void {
  const { filename, hash, bytes, fileType } = media;
  ledger.append({ type: "upload", session: session.id, filename, hash, bytes, file_type: fileType, source });
}

function describe(media: MediaFile, origin: string, { urls }: Services): Record<string, unknown> {
  return {
    filename: media.filename,
    file_type: media.fileType,
    cdn_url: urls.sign(origin, `/cdn/media/${media.hash}.${media.extension}`),
    duration: media.durationMs === null ? null : media.durationMs / 1000,
    width: media.widthPx,
    height: media.heightPx,
    fps: media.fps,
    hash: media.hash,
  };
}
