import type { Language } from "./language.ts";
import { matchSegments, type Pair, type Placed } from "./timeline-match.ts";
import { nameText, secondsText, segmentText, type Timeline } from "./timeline.ts";
import { labelIn } from "./track-label.ts";

/** A report has at most so many changes; the rest is counted in one more line. */
const maxChanges = 20;
/** So many segments of a track that moved by the same time are one change. */
const movedTogether = 3;

const noTimeline: Timeline = { tracks: [], durationMs: null };

/**
 * What an edit changed, in plain words, one line each: `Title added: "Paradise Found" (0-3s)`, `BGM louder: Lo-fi (35% → 60%)`.
 * Empty when nothing changed, or nothing that there are words for.
 */
export function changesBetween(before: Timeline | null, after: Timeline, language: Language = "en"): string[] {
  const { pairs, removed, added } = matchSegments(before ?? noTimeline, after);
  const lines = [
    ...lengthChange(before, after, language),
    ...reorderings(pairs, language),
    ...removed.map((one) => line(language, "removed", one, shown(one, language))),
    ...added.map((one) => line(language, "added", one, shown(one, language))),
    ...pairs.flatMap((pair) => [
      ...renaming(pair, language),
      ...newLength(pair, language),
      ...volumeChange(pair, language),
    ]),
    ...moves(pairs, language),
  ];
  const more = lines.length - maxChanges;
  return more > 0 ? [...lines.slice(0, maxChanges), phrases[language].more(more)] : lines;
}

/** Only like is compared with like: the length that a draft says it has, or else the end of its last segment. */
function lengthChange(before: Timeline | null, after: Timeline, language: Language): string[] {
  if (before === null) return [];
  const saysBoth = before.durationMs !== null && after.durationMs !== null;
  const [from, to] = [before, after].map(({ durationMs, tracks }) =>
    secondsText((saysBoth ? durationMs : null) ?? endOf(tracks)),
  );
  return from === to ? [] : [phrases[language].length(`${from}s → ${to}s`)];
}

function endOf(tracks: Timeline["tracks"]): number {
  return tracks.reduce((end, { segments }) => segments.reduce((latest, { endMs }) => Math.max(latest, endMs), end), 0);
}

/** Segments that touch their neighbours and have changed places among those that were in the same track with them. */
function reorderings(pairs: Pair[], language: Language): string[] {
  const byTracks = Map.groupBy(pairs, ({ before, after }) => `${before.track} ${after.track}`);
  return [...byTracks.values()].flatMap((together) => {
    const inOldOrder = together.toSorted((a, b) => a.before.rank - b.before.rank);
    const inNewOrder = together.toSorted((a, b) => a.after.rank - b.after.rank);
    const displaced = inNewOrder.filter((pair, at) => pair !== inOldOrder[at] && movesAlong(pair));
    const [first] = displaced;
    if (first === undefined) return [];
    return [phrases[language].reordered(displaced.length, first.after)];
  });
}

function renaming({ before, after }: Pair, language: Language): string[] {
  const [from, to] = [nameOf(before, language), nameOf(after, language)];
  if (from === to) return [];
  const isSame = before.id !== null && before.id === after.id;
  return [line(language, isSame ? "renamed" : "replaced", after, `${from} → ${to}`)];
}

function newLength({ before, after }: Pair, language: Language): string[] {
  const changeMs = durationOf(after) - durationOf(before);
  const [from, to] = [span(before), span(after)];
  if (from === to || secondsText(changeMs) === "0") return [];
  const what = `${nameOf(after, language)} (${from} → ${to})`;
  return [line(language, changeMs < 0 ? "shortened" : "lengthened", after, what)];
}

function volumeChange({ before, after }: Pair, language: Language): string[] {
  const [from, to] = [before.volumePercent, after.volumePercent];
  if (from === null || to === null || from === to) return [];
  const what = `${nameOf(after, language)} (${from}% → ${to}%)`;
  return [line(language, to > from ? "louder" : "quieter", after, what)];
}

/** Segments that are as long as before and begin at another time, though nothing before them pushed them there. */
function moves(pairs: Pair[], language: Language): string[] {
  const moved = pairs.filter((pair) => {
    const { before, after } = pair;
    return (
      span(before) !== span(after) && secondsText(durationOf(after) - durationOf(before)) === "0" && !movesAlong(pair)
    );
  });
  const byShift = Map.groupBy(moved, ({ before, after }) => `${after.track} ${shiftText(before, after)}`);
  return [...byShift.values()].flatMap((together) => {
    const [first] = together;
    if (first === undefined) return [];
    if (together.length >= movedTogether) {
      const { before, after } = first;
      const by = shiftText(before, after).replace("-", "");
      return [phrases[language].movedTogether(together.length, after, by, after.startMs > before.startMs)];
    }
    return together.map(({ before, after }) =>
      line(language, "moved", after, `${nameOf(after, language)} (${span(before)} → ${span(after)})`),
    );
  });
}

function movesAlong({ before, after }: Pair): boolean {
  return before.follows && after.follows;
}

function shiftText(before: Placed, after: Placed): string {
  return `${secondsText(after.startMs - before.startMs)}s`;
}

function durationOf({ startMs, endMs }: Placed): number {
  return endMs - startMs;
}

function span({ startMs, endMs }: Placed): string {
  return `${secondsText(startMs)}-${secondsText(endMs)}s`;
}

function nameOf({ name, isText }: Placed, language: Language): string {
  return nameText(name, isText, language);
}

function shown(segment: Placed, language: Language): string {
  return segmentText(segment, segment.isText, language);
}

type Kind = "added" | "removed" | "renamed" | "replaced" | "shortened" | "lengthened" | "louder" | "quieter" | "moved";

const verbs: Record<Language, Record<Kind, string>> = {
  en: {
    added: "added",
    removed: "removed",
    renamed: "renamed",
    replaced: "changed",
    shortened: "shortened",
    lengthened: "lengthened",
    louder: "louder",
    quieter: "quieter",
    moved: "moved",
  },
  zh: {
    added: "已添加",
    removed: "已移除",
    renamed: "已改名",
    replaced: "已更换",
    shortened: "已缩短",
    lengthened: "已延长",
    louder: "音量调大",
    quieter: "音量调小",
    moved: "已移动",
  },
};

function line(language: Language, kind: Kind, { label }: Placed, what: string): string {
  const verb = verbs[language][kind];
  return language === "zh" ? `${labelIn("zh", label)}${verb}：${what}` : `${labelIn("en", label)} ${verb}: ${what}`;
}

const phrases = {
  en: {
    length: (change: string) => `Length: ${change}`,
    reordered: (count: number, one: Placed) => `${piecesOf(count, one)} reordered`,
    movedTogether: (count: number, one: Placed, by: string, isLater: boolean) =>
      `${piecesOf(count, one)} moved ${by} ${isLater ? "later" : "earlier"}`,
    more: (count: number) => `and ${count} more ${count === 1 ? "change" : "changes"}`,
  },
  zh: {
    length: (change: string) => `时长：${change}`,
    reordered: (count: number, { label }: Placed) => `${labelIn("zh", label)}的 ${count} 段已重新排序`,
    movedTogether: (count: number, { label }: Placed, by: string, isLater: boolean) =>
      `${labelIn("zh", label)}的 ${count} 段整体${isLater ? "后移" : "前移"} ${by}`,
    more: (count: number) => `另有 ${count} 处更改`,
  },
} as const;

function piecesOf(count: number, { label, isText }: Placed): string {
  return `${count} ${isText ? "text" : "clip"}${count === 1 ? "" : "s"} of ${labelIn("en", label)}`;
}
