import type { BackendState } from "../backend-client/state.ts";
import { JobFailure } from "../domain/failure.ts";
import type { Made, RunningJob } from "../domain/job.ts";
import type { Language } from "../domain/language.ts";
import { summaryOf, timelineOfText, type Timeline } from "../domain/timeline.ts";
import type { Storage } from "../storage/folder-storage.ts";
import { storageKey } from "../storage/storage-key.ts";

/** Larger drafts are refused before they are stored. */
export const maxDraftBytes = 32 * 1024 * 1024;

/** The timeline of a state; null where there is nothing on it to export. */
export function timelineIn({ draftText, isReady }: BackendState): Timeline | null {
  return draftText === null || !isReady ? null : timelineOfText(draftText);
}

/**
 * Keeps the draft of a state, byte for byte, and what it says to people. Null where there is nothing to export.
 * The key is the job's own, so that doing this again after a crash replaces the first.
 */
export async function keepTimeline(
  storage: Storage,
  { id, made }: Pick<RunningJob, "id" | "made">,
  state: BackendState,
  language: Language,
): Promise<Made["timeline"]> {
  const timeline = timelineIn(state);
  if (timeline === null) return null;
  // What the first message made stands in the record until the edit is done with.
  const draftKey = await keepDraft(storage, made.edit === null ? id : `${id}-edit`, state);
  return {
    draftKey,
    fingerprint: state.fingerprint,
    summary: summaryOf(timeline, language),
    durationMs: timeline.durationMs,
  };
}

/** Keeps what the timeline is before a message of the job, for whoever reports what the message changed. */
export async function keepTimelineBefore(
  storage: Storage,
  { id, stageIndex }: RunningJob,
  state: BackendState,
): Promise<string | null> {
  return timelineIn(state) === null ? null : await keepDraft(storage, `${id}-before-${stageIndex}`, state);
}

/** The timeline of a draft that was kept; null where it is not there any more. */
export async function keptTimeline(storage: Storage, draftKey: string): Promise<Timeline | null> {
  try {
    return timelineOfText(await storage.readText(draftKey, maxDraftBytes));
  } catch (error) {
    if (error instanceof JobFailure) return null;
    throw error;
  }
}

async function keepDraft(storage: Storage, name: string, { draftText }: BackendState): Promise<string> {
  const { key } = await storage.putAs(storageKey("draft", `${name}.json`), draftText ?? "", {
    maxBytes: maxDraftBytes,
  });
  return key;
}
