import type { BackendSession } from "../backend-client/session.ts";
import { withWholeScript } from "../domain/hints-for.ts";
import type { Prepared } from "../domain/job.ts";
import { making } from "../domain/transition.ts";
import type { Claim } from "../queue/job-claim.ts";
import { inBackendSession, type SessionDeps } from "./backend-session.ts";
import { scriptOf } from "./job-words.ts";
import { nameOfUrl, prepareInputs, type PrepareDeps } from "./prepare-inputs.ts";
import { reportProgress } from "./progress.ts";
import type { StageRun } from "./stage.ts";

export type UploadStageDeps = SessionDeps & PrepareDeps;

type Medium = Prepared["media"][number];

/**
 * Makes the job's inputs what the backend takes, and puts the media among them into its session, one after another and each
 * recorded, so that a crash repeats at most one. Inputs that are no good end the job before its session is touched.
 */
export function createUploadStage(deps: UploadStageDeps): StageRun {
  const { backend, storage } = deps;

  return async function runUpload(claim, signal) {
    const { media } = claim.job.made.prepared ?? (await prepare(claim, signal));
    if (media.length > 0)
      await inBackendSession(deps, claim, signal, async (session) => await uploadAll(claim, session, media, signal));
    return { kind: "done", made: {} };
  };

  async function prepare(claim: Claim, signal: AbortSignal): Promise<Prepared> {
    const prepared = await prepareInputs(deps, claim, signal);
    // Only now are the words of documents and pages known, and with them how long the script is.
    const script = await scriptOf(storage, making(claim.job, { prepared }));
    await claim.update((job) => ({ ...making(job, { prepared }), hints: withWholeScript(job.hints, script ?? "") }));
    return prepared;
  }

  async function uploadAll(
    claim: Claim,
    session: BackendSession,
    media: readonly Medium[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const [at, medium] of media.entries()) {
      // In order, since that is the order in which they appear in the video.
      if (at < (claim.job.made.uploads?.length ?? 0)) continue;
      await reportProgress(claim, at / media.length);
      const sent = await upload(session, medium, signal);
      await claim.update((job) => making(job, { uploads: [...(job.made.uploads ?? []), sent] }));
    }
  }

  async function upload(session: BackendSession, medium: Medium, signal: AbortSignal) {
    if (medium.from === "url") {
      const { files } = await backend.uploadUrls({ session, urls: [medium.url], signal });
      return { name: nameOfUrl(medium.url), kind: files[0]?.fileType ?? "unknown" };
    }
    const { name, mime } = medium;
    const file = { path: storage.pathOf(medium.storageKey), filename: name, mime };
    const { files } = await backend.uploadFiles({ session, files: [file], signal });
    return { name, kind: files[0]?.fileType ?? mime };
  }
}
