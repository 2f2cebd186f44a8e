import type { Backend } from "../backend-client/backend.ts";
import type { BackendSession } from "../backend-client/session.ts";
import { JobFailure } from "../domain/failure.ts";
import type { FileId } from "../domain/id.ts";
import { making } from "../domain/transition.ts";
import type { FileRecord, FileRecords } from "../queue/file-records.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { Storage } from "../storage/folder-storage.ts";
import { inBackendSession } from "./backend-session.ts";
import { reportProgress } from "./progress.ts";
import type { StageRun } from "./stage.ts";

export type UploadStageDeps = { backend: Backend; files: FileRecords; storage: Storage };

/** Puts the job's files and URLs into its session, one after another and each recorded, so that a crash repeats at most one. */
export function createUploadStage({ backend, files, storage }: UploadStageDeps): StageRun {
  return async function runUpload(claim, signal) {
    await inBackendSession(backend, claim, signal, async (session) => await uploadAll(claim, session, signal));
    return { kind: "done", made: {} };
  };

  async function uploadAll(claim: Claim, session: BackendSession, signal: AbortSignal): Promise<void> {
    const { input, tenant } = claim.job;
    const sources = [...input.files, ...input.urls];
    for (let at = claim.job.made.uploads?.length ?? 0; at < sources.length; at++) {
      // In order, since that is the order in which they appear in the video.
      await reportProgress(claim, at / sources.length);
      const fileId = input.files[at];
      const sent = fileId === undefined ? await sendUrl(sources[at] ?? "") : await sendFile(fileId);
      await claim.update((job) => making(job, { uploads: [...(job.made.uploads ?? []), ...sent] }));
    }

    async function sendUrl(url: string) {
      const { files: uploaded } = await backend.uploadUrls({ session, urls: [url], signal });
      return [{ name: uploaded[0]?.filename ?? url, kind: uploaded[0]?.fileType ?? "unknown" }];
    }

    async function sendFile(id: FileId) {
      const file = await loadFile(tenant, id);
      const { files: uploaded } = await backend.uploadFiles({
        session,
        files: [{ path: storage.pathOf(file.storageKey), filename: file.name, mime: file.mime }],
        signal,
      });
      return [{ name: file.name, kind: uploaded[0]?.fileType ?? file.kind }];
    }
  }

  async function loadFile(tenant: string, id: FileId): Promise<FileRecord> {
    const file = await files.load(tenant, id);
    if (file === null) throw new JobFailure("file_not_found", `${id} is not there any more.`);
    return file;
  }
}
