import { z } from "zod";

/**
 * A draft, read for people. The draft itself goes to export as the raw text that the backend wrote; this only looks at it, and
 * tolerates whatever it meets, since most of a draft's format is not documented.
 */
const looseObject = z.record(z.string(), z.unknown()).catch({});
const looseList = z.array(z.unknown()).catch([]);

const videoTrack = 0;
const audioTrack = 1;
const textTrack = 7;

export type Segment = { name: string | null; startMs: number; endMs: number; volumePercent: number | null };
export type Track = { label: string; isText: boolean; segments: Segment[] };
export type Timeline = { tracks: Track[]; durationMs: number | null };

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
  return { tracks, durationMs: firstNumber(fields["d"]) };
}

/** What a summary shows at most: the tracks past it, and the segments of a track past it, are only counted. */
const shownTracks = 20;
const namedSegments = 3;
const nameChars = 100;

/** `Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%) 3. Title: "Urban Dreams" (0-3s)` */
export function summaryOf({ tracks }: Timeline): string {
  const head = `Timeline (${tracks.length} ${tracks.length === 1 ? "track" : "tracks"})`;
  const lines = tracks.slice(0, shownTracks).map((track, at) => `${at + 1}. ${track.label}: ${segmentsText(track)}`);
  if (tracks.length > shownTracks) lines.push(`and ${tracks.length - shownTracks} more`);
  return lines.length === 0 ? head : `${head}: ${lines.join(" ")}`;
}

function segmentsText({ segments, isText }: Track): string {
  if (segments.length === 0) return "empty";
  const named = segments.slice(0, namedSegments).map((segment) => segmentText(segment, isText));
  const [next, last] = [segments[namedSegments], segments.at(-1)];
  if (next !== undefined && last !== undefined) {
    named.push(`${segments.length - namedSegments} more (${seconds(next.startMs)}-${seconds(last.endMs)}s)`);
  }
  return named.join(", ");
}

function segmentText({ name, startMs, endMs, volumePercent }: Segment, isText: boolean): string {
  const short = name !== null && name.length > nameChars ? `${name.slice(0, nameChars).toWellFormed()}…` : name;
  const shown = short === null ? "untitled" : isText ? `"${short}"` : short;
  const volume = volumePercent === null ? "" : `, ${volumePercent}%`;
  return `${shown} (${seconds(startMs)}-${seconds(endMs)}s${volume})`;
}

function seconds(ms: number): string {
  return String(Math.round(ms / 100) / 10);
}

function labelOf(track: Record<string, unknown>): string {
  if (track["tt"] === videoTrack) return "Video";
  if (track["tt"] !== audioTrack) return "Track";
  const metadata = JSON.stringify(track["m"] ?? "").toLowerCase();
  if (/voice|narrat|speech|配音|旁白/.test(metadata)) return "Voice";
  return /effect|sfx|音效/.test(metadata) ? "Effects" : "BGM";
}

function segmentsOf(track: Record<string, unknown>): Segment[] {
  let previousEndMs = 0;
  return looseList.parse(track["sg"]).map((entry) => {
    const segment = looseObject.parse(entry);
    const metadata = looseObject.parse(segment["m"]);
    const startMs = firstNumber(segment["s"], segment["st"], segment["start"], metadata["start"]) ?? previousEndMs;
    const endMs = startMs + (firstNumber(segment["d"], segment["duration"]) ?? 0);
    previousEndMs = endMs;
    return {
      name: firstText(metadata["title"], metadata["name"], metadata["text"], segment["name"], segment["text"]),
      startMs,
      endMs,
      volumePercent:
        track["tt"] === audioTrack ? percentOfVolume(metadata["volume"], segment["v"], segment["volume"]) : null,
    };
  });
}

/** Volumes come as 0–1 or as 0–100; 1 is full volume. */
function percentOfVolume(...candidates: unknown[]): number | null {
  const volume = firstNumber(...candidates);
  if (volume === null || volume < 0) return null;
  return Math.round(volume <= 1 ? volume * 100 : Math.min(volume, 100));
}

function firstNumber(...candidates: unknown[]): number | null {
  return candidates.find((value): value is number => typeof value === "number" && Number.isFinite(value)) ?? null;
}

function firstText(...candidates: unknown[]): string | null {
  const text = candidates.find((value): value is string => typeof value === "string" && value.trim() !== "");
  return text?.trim().replaceAll(/\s+/g, " ") ?? null;
}
