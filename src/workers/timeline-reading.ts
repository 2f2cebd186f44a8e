import type { BackendState } from "../backend-client/state.ts";
import type { JobId } from "../domain/id.ts";
import type { Made } from "../domain/job.ts";
import { summaryOf, timelineOf } from "../domain/timeline.ts";
import type { Storage } from "../storage/folder-storage.ts";
import { storageKey } from "../storage/storage-key.ts";

/** Larger drafts are refused before they are stored. */
export const maxDraftBytes = 32 * 1024 * 1024;

/**
 * Keeps the draft of a state, byte for byte, and what it says to people. Null where there is nothing to export.
 * The key is the job's own, so that doing this again after a crash replaces the first.
 */
export async function keepTimeline(storage: Storage, jobId: JobId, state: BackendState): Promise<Made["timeline"]> {
  if (state.draftText === null || !state.isReady) return null;
  const { key } = await storage.putAs(storageKey("draft", `${jobId}.json`), state.draftText, {
    maxBytes: maxDraftBytes,
  });
  const timeline = timelineOf(JSON.parse(state.draftText));
  return {
    draftKey: key,
    fingerprint: state.fingerprint,
    summary: summaryOf(timeline),
    durationMs: timeline.durationMs,
  };
}
