import { z } from "zod";
import type { Language } from "./language.ts";
import { audioLabel, labelIn, type TrackLabel } from "./track-label.ts";

/**
 * A draft, read for people. The draft itself goes to export as the raw text that the backend wrote; this only looks at it, and
 * tolerates whatever it meets, since most of a draft's format is not documented.
 */
const looseObject = z.record(z.string(), z.unknown()).catch({});
const looseList = z.array(z.unknown()).catch([]);

const videoTrack = 0;
const audioTrack = 1;
const textTrack = 7;

/** `id` is exact, or null where there is none that can be trusted. */
export type Segment = {
  id: string | null;
  name: string | null;
  startMs: number;
  endMs: number;
  volumePercent: number | null;
};
export type Track = { label: TrackLabel; isText: boolean; segments: Segment[] };
export type Timeline = { tracks: Track[]; durationMs: number | null };

/** Reads the raw text of a draft, which must be JSON. Unlike `timelineOf` it sees ids that no JavaScript number can hold. */
export function timelineOfText(draftText: string): Timeline {
  try {
    return timelineOf(JSON.parse(draftText, keepInteger));
  } catch (error) {
    // Nested so deeply that there is no stack left for looking at each number; what people see does not lie that deep.
    if (error instanceof RangeError) return timelineOf(JSON.parse(draftText));
    throw error;
  }
}

/** Integers that would be rounded stay as they are written. */
function keepInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isRounded = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded ? (context?.source ?? value) : value;
}

/** Reads the tracks of a draft, given as parsed JSON. Whatever is not understood is left out. */
export function timelineOf(draft: unknown): Timeline {
  const fields = looseObject.parse(draft);
  let titleSeen = false;
  const tracks = looseList.parse(fields["t"]).map((entry): Track => {
    const track = looseObject.parse(entry);
    const isText = track["tt"] === textTrack;
    const label = isText ? (titleSeen ? "Text" : "Title") : labelOf(track);
    titleSeen ||= isText;
    return { label, isText, segments: segmentsOf(track) };
  });
  return { tracks, durationMs: firstTime(fields["d"]) };
}

function labelOf(track: Record<string, unknown>): TrackLabel {
  if (track["tt"] === videoTrack) return "Video";
  return track["tt"] === audioTrack ? audioLabel(track["m"]) : "Track";
}

function segmentsOf(track: Record<string, unknown>): Segment[] {
  let previousEndMs = 0;
  return looseList.parse(track["sg"]).map((entry) => {
    const segment = looseObject.parse(entry);
    const metadata = looseObject.parse(segment["m"]);
    const startMs = firstTime(segment["s"], segment["st"], segment["start"], metadata["start"]) ?? previousEndMs;
    const endMs = Math.min(startMs + (firstTime(segment["d"], segment["duration"]) ?? 0), longestMs);
    previousEndMs = endMs;
    return {
      id: firstId(segment["id"], metadata["id"], segment["segment_id"], segment["uuid"]),
      name: firstText(metadata["title"], metadata["name"], metadata["text"], segment["name"], segment["text"]),
      startMs,
      endMs,
      volumePercent:
        track["tt"] === audioTrack ? percentOfVolume(metadata["volume"], segment["v"], segment["volume"]) : null,
    };
  });
}

/** What a summary shows at most: the tracks past it, and the segments of a track past it, are only counted. */
const shownTracks = 100;
const namedSegments = 3;
const nameChars = 100;

/**
 * `Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%) 3. Title: "Urban Dreams" (0-3s)`;
 * in Chinese `时间线（3 条轨道）：1. 视频：city timelapse (0-10s) 2. 背景音乐：Lo-fi (0-10s, 35%) 3. 标题：“Urban Dreams” (0-3s)`
 */
export function summaryOf({ tracks }: Timeline, language: Language = "en"): string {
  const { head, colon, moreTracks } = words[language];
  const lines = tracks
    .slice(0, shownTracks)
    .map((track, at) => `${at + 1}. ${labelIn(language, track.label)}${colon}${segmentsText(track, language)}`);
  if (tracks.length > shownTracks) lines.push(moreTracks(tracks.length - shownTracks));
  return lines.length === 0 ? head(0) : `${head(tracks.length)}${colon}${lines.join(" ")}`;
}

const words = {
  en: {
    head: (count: number) => `Timeline (${count} ${count === 1 ? "track" : "tracks"})`,
    colon: ": ",
    comma: ", ",
    empty: "empty",
    untitled: "untitled",
    quoted: (text: string) => `"${text}"`,
    moreTracks: (count: number) => `and ${count} more`,
    moreSegments: (count: number) => `${count} more`,
  },
  zh: {
    head: (count: number) => `时间线（${count} 条轨道）`,
    colon: "：",
    comma: "，",
    empty: "空",
    untitled: "未命名",
    quoted: (text: string) => `“${text}”`,
    moreTracks: (count: number) => `另有 ${count} 条`,
    moreSegments: (count: number) => `另有 ${count} 段`,
  },
} as const;

function segmentsText({ segments, isText }: Track, language: Language): string {
  const { empty, comma, moreSegments } = words[language];
  if (segments.length === 0) return empty;
  const named = segments.slice(0, namedSegments).map((segment) => segmentText(segment, isText, language));
  const [next, last] = [segments[namedSegments], segments.at(-1)];
  if (next !== undefined && last !== undefined) {
    named.push(`${moreSegments(segments.length - namedSegments)} ${spanText({ ...next, endMs: last.endMs })}`);
  }
  return named.join(comma);
}

/** `Lo-fi (0-10s, 35%)`, `"Urban Dreams" (0-3s)` */
export function segmentText(segment: Segment, isText: boolean, language: Language): string {
  const { name, volumePercent } = segment;
  const volume = volumePercent === null ? "" : `, ${volumePercent}%`;
  return `${nameText(name, isText, language)} ${spanText(segment, volume)}`;
}

/** A name as people see it: in quotes where it is text of the video, and never long. */
export function nameText(name: string | null, isText: boolean, language: Language): string {
  if (name === null) return words[language].untitled;
  const short = name.length > nameChars ? `${name.slice(0, nameChars).toWellFormed()}…` : name;
  return isText ? words[language].quoted(short) : short;
}

function spanText({ startMs, endMs }: Pick<Segment, "startMs" | "endMs">, volume = ""): string {
  return `(${secondsText(startMs)}-${secondsText(endMs)}s${volume})`;
}

/** Seconds, to a tenth where there is one: `3`, `2.5`. */
export function secondsText(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}

/** Volumes come as 0–1 or as 0–100; 1 is full volume. */
function percentOfVolume(...candidates: unknown[]): number | null {
  const volume = candidates.find((value): value is number => typeof value === "number" && value >= 0);
  return volume === undefined ? null : Math.round(volume <= 1 ? volume * 100 : Math.min(volume, 100));
}

/** No video lasts longer than a hundred hours: what is larger, such as an id or a date in the wrong place, is no time. */
const longestMs = 100 * 3_600_000;

function firstTime(...candidates: unknown[]): number | null {
  return (
    candidates.find((value): value is number => typeof value === "number" && value >= 0 && value <= longestMs) ?? null
  );
}

function firstText(...candidates: unknown[]): string | null {
  const text = candidates.find((value): value is string => typeof value === "string" && /[^\s\p{Cc}]/u.test(value));
  return (
    text
      ?.replaceAll(/[\s\p{Cc}]+/gu, " ")
      .trim()
      .toWellFormed() ?? null
  );
}

/** A number that was rounded when it was parsed may stand for two ids at once, so it is none. */
function firstId(...candidates: unknown[]): string | null {
  for (const value of candidates) {
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  }
  return null;
}
