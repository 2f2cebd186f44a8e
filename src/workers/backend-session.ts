import { JobFailure } from "../domain/failure.ts";
import type { Backend } from "../backend-client/backend.ts";
import type { BackendSession } from "../backend-client/session.ts";
import type { Claim } from "../queue/job-claim.ts";

/** The job's session on the backend. Made when there is none yet, and recorded before it is used. */
export async function ensureBackendSession(
  backend: Backend,
  claim: Claim,
  signal: AbortSignal,
): Promise<BackendSession> {
  const { skill } = claim.job;
  if (claim.backendSession !== null) return { ...claim.backendSession, skill };
  const made = await backend.createSession({ skill, language: "en", signal });
  const { backendSessionId, taskId, identityId, userId } = made;
  await claim.update((job) => job, { backendSessionId, taskId, identityId, userId });
  return made;
}

/** For a stage that makes no sense without what an earlier one did in the session. */
export function existingBackendSession(claim: Claim): BackendSession {
  if (claim.backendSession === null)
    throw new JobFailure("nothing_to_export", "Nothing was generated in this session yet.");
  return { ...claim.backendSession, skill: claim.job.skill };
}
