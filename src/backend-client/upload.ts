import { openAsBlob } from "node:fs";
import { FormData } from "undici";
import { z } from "zod";
import { dataIn } from "./answer-data.ts";
import type { Asker } from "./ask.ts";
import { about, type BackendSession } from "./session.ts";

/** A file as the backend describes it; what it did not say is null. `duration` is in the backend's own unit. */
export type UploadedFile = {
  filename: string;
  fileType: string | null;
  cdnUrl: string | null;
  duration: number | null;
  widthPx: number | null;
  heightPx: number | null;
  fps: number | null;
  hash: string | null;
};

export type Upload = { files: UploadedFile[]; stateApplied: boolean };

const number = z.number().nullish().catch(null);
const text = z.string().nullish().catch(null);
const fileSchema = z.object({
  filename: z.string(),
  file_type: text,
  cdn_url: text,
  duration: number,
  width: number,
  height: number,
  fps: number,
  hash: text,
});
const uploadSchema = z.object({
  files: z.array(fileSchema),
  session_state_applied: z.boolean().nullish().catch(null),
});

/** Streams local files to a session, with a known length and in flat memory. */
export async function uploadFiles(
  asker: Asker,
  input: {
    session: BackendSession;
    files: readonly { path: string; filename: string; mime: string }[];
    timeoutMs: number;
    signal: AbortSignal;
  },
): Promise<Upload> {
  // Undici's own FormData: since 8.12 `request()` refuses the global one.
  const form = new FormData();
  for (const { path, filename, mime } of input.files) {
    form.append("files", await openAsBlob(path, { type: mime }), filename);
  }
  return await upload(asker, { ...input, body: form });
}

/** Has the backend fetch files from public URLs. */
export async function uploadUrls(
  asker: Asker,
  input: {
    session: BackendSession;
    urls: readonly string[];
    timeoutMs: number;
    signal: AbortSignal;
  },
): Promise<Upload> {
  return await upload(asker, {
    ...input,
    body: JSON.stringify({ urls: input.urls, source_type: "url" }),
  });
}

async function upload(
  asker: Asker,
  input: {
    session: BackendSession;
    body: FormData | string;
    timeoutMs: number;
    signal: AbortSignal;
  },
): Promise<Upload> {
  const { session, body, timeoutMs, signal } = input;
  const answer = await asker.ask({
    endpoint: "upload",
    method: "POST",
    path: `/api/upload-video/nemo_agent/me/${encodeURIComponent(session.backendSessionId)}`,
    body,
    timeoutMs,
    ...about(session),
    signal,
  });
  const { files, session_state_applied } = dataIn(answer.text, "upload", uploadSchema);
  return { files: files.map(uploadedFile), stateApplied: session_state_applied ?? false };
}

function uploadedFile(file: z.infer<typeof fileSchema>): UploadedFile {
  return {
    filename: file.filename,
    fileType: file.file_type ?? null,
    cdnUrl: file.cdn_url ?? null,
    duration: file.duration ?? null,
    widthPx: file.width ?? null,
    heightPx: file.height ?? null,
    fps: file.fps ?? null,
    hash: file.hash ?? null,
  };
}
