import { BackendError } from "../backend-client/backend-error.ts";
import type { Backend } from "../backend-client/backend.ts";
import type { BackendSession } from "../backend-client/session.ts";
import { JobFailure } from "../domain/failure.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { JobLanguages } from "./job-words.ts";

export type SessionDeps = { backend: Backend; languages: JobLanguages };

/**
 * Does `work` in the job's session on the backend, which is made and recorded when there is none yet. The backend drops sessions
 * that were idle. As long as nothing of the job is in its own session, it then goes on once more in a new one: work that
 * meets 1002 was not carried out.
 */
export async function inBackendSession<Result>(
  deps: SessionDeps,
  claim: Claim,
  signal: AbortSignal,
  work: (session: BackendSession) => Promise<Result>,
): Promise<Result> {
  const { skill, ownsSession } = claim.job;
  const known = claim.backendSession;
  try {
    return await work(known === null ? await makeSession(deps, claim, signal) : { ...known, skill });
  } catch (error) {
    const { uploads, message, edit } = claim.job.made;
    const holdsNothing = uploads === null && message === null && edit === null;
    if (!isSessionGone(error) || !ownsSession || !holdsNothing) throw error;
    return await work(await makeSession(deps, claim, signal));
  }
}

async function makeSession(
  { backend, languages }: SessionDeps,
  claim: Claim,
  signal: AbortSignal,
): Promise<BackendSession> {
  const language = await languages.ofVideo(claim.job);
  await claim.emitOnce("connecting", { type: "job.text", text: "Connecting…" });
  const made = await backend.createSession({ skill: claim.job.skill, language, signal });
  const { backendSessionId, taskId, identityId, userId } = made;
  await claim.update((job) => job, { backendSessionId, taskId, identityId, userId });
  await claim.emitOnce("connected", { type: "job.text", text: "Ready" });
  return made;
}

/** For a stage that makes no sense without what an earlier one did in the session. */
export function existingBackendSession(claim: Claim): BackendSession {
  if (claim.backendSession === null)
    throw new JobFailure("nothing_to_export", "Nothing was generated in this session yet.");
  return { ...claim.backendSession, skill: claim.job.skill };
}

/** The backend has dropped the session, or it belongs to an account whose token is lost. */
export function isSessionGone(error: unknown): boolean {
  return error instanceof BackendError && error.reason === "session_gone";
}
