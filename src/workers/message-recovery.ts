import type { BackendSession } from "../backend-client/session.ts";
import { JobFailure } from "../domain/failure.ts";
import {
  afterRead,
  mayGoOn,
  nextReadInMs,
  recoveryBegun,
  type RecoveringMessage,
  type StateRead,
} from "../domain/recovery.ts";
import { making } from "../domain/transition.ts";
import type { Claim } from "../queue/job-claim.ts";
import { existingBackendSession } from "./backend-session.ts";
import { carriedOut, type ResultDeps } from "./message-result.ts";
import type { StageOutcome } from "./stage.ts";
import type { Timings } from "./timings.ts";

export type RecoveryDeps = ResultDeps & {
  timings: Timings;
  /** Whether other jobs may be using the account, so that its frozen credits say nothing about this one. */
  hasOtherWork: () => Promise<boolean>;
  now: () => number;
};

/** Learns what became of a message that may have been carried out, one read at a time. It is never sent again. */
export async function recoverMessage(deps: RecoveryDeps, claim: Claim, signal: AbortSignal): Promise<StageOutcome> {
  const { timings, now } = deps;
  const message = await recoveringMessage(claim, now());
  const waitMs = nextReadInMs(message, now(), timings.recovery);
  if (waitMs > 0) return { kind: "again", afterMs: waitMs };

  const session = existingBackendSession(claim);
  const read = await readState(deps, session, message.recovery.beganAtMs, signal);
  const { verdict, message: remembered } = afterRead(message, read, timings.recovery);
  await claim.update((job) => making(job, { message: remembered }));
  switch (verdict) {
    case "worked":
      return await carriedOut(deps, { claim, session, text: "", firstCut: null, recovered: true, signal });
    case "no_visible_effect":
      throw new JobFailure(
        "outcome_unknown",
        `The connection broke after the message was sent at ${new Date(message.sentAtMs).toISOString()}, and since then the session's timeline has not changed.`,
      );
    case "read_again":
      return { kind: "again", afterMs: nextReadInMs(remembered, now(), timings.recovery) };
  }
}

/** The message, from now on in recovery. */
async function recoveringMessage(claim: Claim, nowMs: number): Promise<RecoveringMessage> {
  const { message } = claim.job.made;
  if (message?.state !== "sending") throw new Error(`${claim.job.id} has no message to recover`);
  if (message.recovery !== null) return { ...message, recovery: message.recovery };
  const begun = recoveryBegun(message, nowMs);
  await claim.update((job) => making(job, { message: begun }));
  await claim.emit({ type: "job.text", text: "The connection broke off. Looking at what was made…" });
  return begun;
}

async function readState(
  { backend, hasOtherWork, timings, now }: RecoveryDeps,
  session: BackendSession,
  beganAtMs: number,
  signal: AbortSignal,
): Promise<StateRead> {
  const { fingerprint } = await backend.readState({ session, signal });
  const { frozen } = await backend.readCredits({ identityId: session.identityId, skill: session.skill, signal });
  const atMs = now();
  const seen = { frozen, hasOtherWork: await hasOtherWork(), ageMs: atMs - beganAtMs };
  return { fingerprint, mayBeRunning: mayGoOn(seen, timings.recovery), atMs };
}
