import type { Backend } from "../backend-client/backend.ts";
import type { BackendSession } from "../backend-client/session.ts";
import { fileIdSchema } from "../domain/id.ts";
import type { Video } from "../domain/job.ts";
import type { FileRecords } from "../queue/file-records.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { Storage } from "../storage/folder-storage.ts";
import { storageKey } from "../storage/storage-key.ts";
import { proveVideoPlays } from "../storage/video-proof.ts";

const maxVideoBytes = 4 * 1024 ** 3;

/**
 * Downloads a finished video and proves that it plays. Its key and file id follow from the job's, so that a second download
 * after a crash replaces the first.
 */
export async function fetchVideo(
  { backend, storage, files, now }: { backend: Backend; storage: Storage; files: FileRecords; now: () => number },
  { claim, session, renderId, outputUrl, signal }: FinishedRender,
): Promise<Video> {
  const { id, tenant } = claim.job;
  const key = storageKey("video", `${id}.mp4`);
  const { bytes, sha256 } = await backend.downloadVideo({
    session,
    renderId,
    outputUrl,
    save: async (body) => await storage.putAs(key, body, { maxBytes: maxVideoBytes, signal }),
    signal,
  });
  const proof = await proveVideoPlays(storage.pathOf(key));
  const fileId = fileIdSchema.parse(id.replace(/^job_/, "file_"));
  await files.save({
    id: fileId,
    tenant,
    name: `${id}.mp4`,
    mime: "video/mp4",
    kind: "video",
    bytes,
    durationMs: proof.durationMs,
    sha256,
    storageKey: key,
    createdAtMs: now(),
  });
  return { fileId, sha256, ...proof };
}

type FinishedRender = {
  claim: Claim;
  session: BackendSession;
  renderId: string;
  outputUrl: string | null;
  signal: AbortSignal;
};
