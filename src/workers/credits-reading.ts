import type { Backend } from "../backend-client/backend.ts";
import type { Credits } from "../backend-client/credits.ts";
import type { BackendSession } from "../backend-client/session.ts";

/** Credits of the account, those reserved by running work included; null when they cannot be read, which is no reason to fail a job. */
export async function creditsOf(
  backend: Backend,
  session: BackendSession,
  signal: AbortSignal,
): Promise<Credits | null> {
  try {
    return await backend.readCredits({ identityId: session.identityId, skill: session.skill, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** The account's total, to tell by how much one job has lowered it; null while others may lower it too. */
export async function totalForOneJob(
  { hasOtherWork }: { hasOtherWork: () => Promise<boolean> },
  credits: Credits | null,
): Promise<number | null> {
  return credits === null || (await hasOtherWork()) ? null : credits.total;
}
