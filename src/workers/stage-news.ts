import { setTimeout as sleep } from "node:timers/promises";
import type { Language } from "../domain/language.ts";
import { summaryOf, type Timeline } from "../domain/timeline.ts";

/** So often the timeline is looked at during one message. */
const maxLooks = 30;

export type StageNewsDeps = {
  /** Reads the timeline; null while there is nothing on it. */
  look: (signal: AbortSignal) => Promise<Timeline | null>;
  /** Called once, with the first timeline that is found. */
  onFirstCut: (timeline: Timeline) => Promise<void>;
  /** From a tool event to the look that it gives reason for, and between two looks. */
  everyMs: number;
};

/**
 * Generation comes in two stages: the raw clip first, then music, title and effects. The first is noticed by looking at the
 * timeline while the stream goes on, after tool events, one look at a time. It is only news: what fails is passed over, and
 * nothing waits for it.
 */
export function createStageNews({ look, onFirstCut, everyMs }: StageNewsDeps) {
  const ended = new AbortController();
  let firstCut: Timeline | null = null;
  let looks = 0;
  let isWanted = false;
  let looking: Promise<void> | null = null;

  async function lookWhileWanted(): Promise<void> {
    while (isWanted && firstCut === null && looks < maxLooks) {
      isWanted = false;
      looks += 1;
      await sleep(everyMs, undefined, { signal: ended.signal });
      firstCut = await look(ended.signal);
      if (firstCut !== null) await onFirstCut(firstCut);
    }
  }

  return {
    onTool(): void {
      isWanted = true;
      looking ??= lookWhileWanted()
        .catch(() => undefined)
        .finally(() => (looking = null));
    },
    /** Looks no more. Returns what the first cut was, where it was seen. */
    async end(): Promise<Timeline | null> {
      ended.abort();
      await looking;
      return firstCut;
    },
  };
}

export function firstCutText(timeline: Timeline, language: Language): string {
  const summary = summaryOf(timeline, language);
  return language === "zh" ? `初剪：${summary}` : `First cut: ${summary}`;
}

/** What the second stage added; null where there is nothing to say. */
export function secondStageText(changes: readonly string[], language: Language): string | null {
  if (changes.length === 0) return null;
  return language === "zh" ? `随后：${changes.join("；")}` : `Then: ${changes.join("; ")}`;
}
