import type { Backend } from "../backend-client/backend.ts";
import type { BackendSession } from "../backend-client/session.ts";
import { withoutGuiTalk } from "../domain/gui-reply.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { Storage } from "../storage/folder-storage.ts";
import type { StageOutcome } from "./stage.ts";
import { keepTimeline } from "./timeline-reading.ts";

/** The message was carried out: its result is what the state says now, and what was said about it. */
export async function carriedOut(
  { backend, storage }: { backend: Backend; storage: Storage },
  {
    claim,
    session,
    text,
    recovered,
    signal,
  }: { claim: Claim; session: BackendSession; text: string; recovered: boolean; signal: AbortSignal },
): Promise<StageOutcome> {
  const { job } = claim;
  const timeline = await keepTimeline(storage, job.id, await backend.readState({ session, signal }));
  const creditsNow = await creditsTotal(backend, session, signal);
  const { creditsBefore } = job.made;
  const creditsUsed = creditsBefore === null || creditsNow === null ? null : Math.max(0, creditsBefore - creditsNow);
  const reply = withoutGuiTalk(text);
  return { kind: "done", made: { message: { state: "finished", ...reply, recovered }, timeline, creditsUsed } };
}

/** Credits of the account, reserved ones included; null when they cannot be read, which is no reason to fail a job. */
export async function creditsTotal(
  backend: Backend,
  session: BackendSession,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const { total } = await backend.readCredits({ identityId: session.identityId, skill: session.skill, signal });
    return total;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}
