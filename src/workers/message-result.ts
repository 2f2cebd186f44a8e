import type { Backend } from "../backend-client/backend.ts";
import type { BackendSession } from "../backend-client/session.ts";
import type { BackendState } from "../backend-client/state.ts";
import { changesBetween } from "../domain/change-report.ts";
import type { RunningJob } from "../domain/job.ts";
import type { Language } from "../domain/language.ts";
import type { Timeline } from "../domain/timeline.ts";
import type { SendingMessage } from "../domain/recovery.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { Storage } from "../storage/folder-storage.ts";
import { creditsOf, totalForOneJob } from "./credits-reading.ts";
import type { JobLanguages } from "./job-words.ts";
import { readReply, silentReply } from "./message-reply.ts";
import type { StageOutcome } from "./stage.ts";
import { keepTimeline, keptTimeline, timelineIn } from "./timeline-reading.ts";
import { secondStageText } from "./stage-news.ts";

export type ResultDeps = {
  backend: Backend;
  storage: Storage;
  languages: JobLanguages;
  hasOtherWork: () => Promise<boolean>;
};

type Sent = {
  claim: Claim;
  session: BackendSession;
  /** What the backend said; empty where that was lost. */
  text: string;
  /** What was seen of it while it was made. */
  firstCut: Timeline | null;
  recovered: boolean;
  signal: AbortSignal;
};

/** The message was carried out: its result is what the state says now, what has changed, and what was said about it. */
export async function carriedOut(deps: ResultDeps, sent: Sent): Promise<StageOutcome> {
  const { claim, session, signal, recovered } = sent;
  const { job } = claim;
  const language = await deps.languages.ofCaller(job);
  const state = await deps.backend.readState({ session, signal });
  const timeline = await keepTimeline(deps.storage, job, state, language);
  const credits = await creditsOf(deps.backend, session, signal);
  const changes = await changesOf(deps.storage, job, state, language);
  await tellSecondStage(sent, state, language);

  const said = readReply(sent.text, { summary: timeline?.summary ?? null, credits }, language);
  const reply = said.text === "" ? silentReply(changes, isChanged(job, state), language) : said.text;
  const { edit } = job.made;
  const actions = [...new Set([...(edit?.actionsBefore ?? []), ...said.actions])];
  const made = {
    timeline,
    creditsUsed: creditsUsed(job, await totalForOneJob(deps, credits)),
    changes: [...job.made.changes, ...changes],
  };
  if (said.edit !== null && timeline !== null && job.allowEdits && edit === null) {
    return { kind: "edit", made, edit: { text: said.edit, replyBefore: reply, actionsBefore: actions } };
  }
  const text = edit === null || edit.replyBefore === "" ? reply : `${edit.replyBefore}\n\n${reply}`;
  return { kind: "done", made: { ...made, message: { state: "finished", text, actions, recovered } } };
}

export function sendingMessage({ id, made: { message } }: RunningJob): SendingMessage {
  if (message?.state !== "sending") throw new Error(`${id} has sent no message`);
  return message;
}

function isChanged(job: RunningJob, state: BackendState): boolean {
  return sendingMessage(job).fingerprintBefore !== state.fingerprint;
}

/** What the message changed on the timeline; nothing where that cannot be told any more. */
async function changesOf(
  storage: Storage,
  job: RunningJob,
  state: BackendState,
  language: Language,
): Promise<string[]> {
  const { draftBeforeKey } = sendingMessage(job);
  const after = timelineIn(state) ?? { tracks: [], durationMs: null };
  if (draftBeforeKey === null) return changesBetween(null, after, language);
  const before = await keptTimeline(storage, draftBeforeKey);
  return before === null ? [] : changesBetween(before, after, language);
}

/** Of all messages of the job; null where that cannot be told. */
function creditsUsed({ made }: RunningJob, totalNow: number | null): number | null {
  const usedBefore = made.edit === null ? 0 : made.creditsUsed;
  if (usedBefore === null || made.creditsBefore === null || totalNow === null) return null;
  return usedBefore + Math.max(0, made.creditsBefore - totalNow);
}

/** Generation has a second stage, in which the backend adds to the first cut on its own account. */
async function tellSecondStage({ claim, firstCut }: Sent, state: BackendState, language: Language): Promise<void> {
  const after = timelineIn(state);
  if (firstCut === null || after === null) return;
  const text = secondStageText(changesBetween(firstCut, after, language), language);
  if (text !== null) await claim.emit({ type: "job.text", text });
}
