import type { Backend } from "../backend-client/backend.ts";
import type { BackendSession } from "../backend-client/session.ts";
import { JobFailure } from "../domain/failure.ts";
import { afterRead, nextReadInMs, type SendingMessage } from "../domain/recovery.ts";
import { making } from "../domain/transition.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { Storage } from "../storage/folder-storage.ts";
import { existingBackendSession } from "./backend-session.ts";
import { carriedOut } from "./message-result.ts";
import type { StageOutcome } from "./stage.ts";
import type { Timings } from "./timings.ts";

export type RecoveryDeps = { backend: Backend; storage: Storage; timings: Timings; now: () => number };

/** Learns what became of a message that may have been carried out, one read at a time. It is never sent again. */
export async function recoverMessage(deps: RecoveryDeps, claim: Claim, signal: AbortSignal): Promise<StageOutcome> {
  const { backend, timings, now } = deps;
  const message = sendingMessageOf(claim);
  const waitMs = nextReadInMs(message, now(), timings.recovery);
  if (waitMs > 0) return await readLater(claim, waitMs);

  const session = existingBackendSession(claim);
  const { fingerprint } = await backend.readState({ session, signal });
  const read = { fingerprint, nothingFrozen: await nothingFrozen(backend, session, signal), atMs: now() };
  const { verdict, message: remembered } = afterRead(message, read, timings.recovery);
  await claim.update((job) => making(job, { message: remembered }));
  switch (verdict) {
    case "worked":
      return await carriedOut(deps, { claim, session, text: "", recovered: true, signal });
    case "no_visible_effect":
      throw new JobFailure(
        "outcome_unknown",
        `The connection broke after the message was sent at ${new Date(message.sentAtMs).toISOString()}, and since then the session's timeline has not changed.`,
      );
    case "read_again":
      return await readLater(claim, nextReadInMs(remembered, now(), timings.recovery));
  }
}

async function readLater(claim: Claim, afterMs: number): Promise<StageOutcome> {
  await claim.emit({ type: "job.text", text: "The connection broke off. Looking at what was made…" });
  return { kind: "again", afterMs };
}

async function nothingFrozen(backend: Backend, session: BackendSession, signal: AbortSignal): Promise<boolean> {
  const { frozen } = await backend.readCredits({ identityId: session.identityId, skill: session.skill, signal });
  return frozen === 0;
}

function sendingMessageOf({ job }: Claim): SendingMessage {
  const { message } = job.made;
  if (message?.state !== "sending") throw new Error(`${job.id} has no message to recover`);
  return message;
}
