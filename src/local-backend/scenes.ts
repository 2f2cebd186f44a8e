import type { Block } from "./blocks.ts";
import type { MediaRef, Scene } from "./project.ts";
import { firstWords, joinWords, readingMs } from "./reading.ts";
import { readScript } from "./script.ts";

export type SceneRequest = {
  /** What the audience is to see. Without it, pictures are shown without words, or else the topic. */
  script: Block[];
  /** What a video without a script is about. */
  topic: string | null;
  language: "en" | "zh";
  media: SceneMedia[];
  /** How long the whole should be; without it, as long as the words take to read. */
  totalMs?: number;
};
export type SceneMedia = { hash: string; kind: "image" | "video"; durationMs: number | null };

const maxScenes = 60;
const maxTotalMs = 300_000;
const minTotalMs = 6000;
const minSceneMs = 2500;
const maxSceneMs = 6000;
const maxTextMs = 12_000;
const maxClipMs = 15_000;
const pictureMs = 3500;
const headingMs = 3000;
/** A shot that would stay longer than this is shown as two. */
const longShotMs = 8000;
/** Below this nobody can read: with less time than that for each, scenes are joined. */
const shortShotMs = 1500;
/** A picture can be seen in less. */
const shortPictureMs = 1000;

type Slot = { text: string; media: SceneMedia | null; mediaIndex: number; durationMs: number };

/**
 * Cuts a script into scenes and gives each the picture or clip that falls to it. A heading is the first scene and the title;
 * without one the title is the topic, the first words, or a plain name. There is always at least one scene.
 */
export function scenesOf(request: SceneRequest, newId: () => string): { scenes: Scene[]; title: string } {
  const totalMs = request.totalMs === undefined ? null : clamp(request.totalMs, shortShotMs, maxTotalMs);
  const shortestMs = request.media.length > 0 ? shortPictureMs : shortShotMs;
  const fitting = totalMs === null ? maxScenes : clamp(Math.floor(totalMs / shortestMs), 1, maxScenes);
  const media = request.media.slice(0, fitting);
  const { heading, chunks } = readScript(request.script, media.length);
  const body = chunks.length > 0 || media.length > 0 || request.topic === null ? chunks : [request.topic];
  const slots = pair(heading, joinDown(body, heading === null ? fitting : fitting - 1), media);
  const wantedMs = totalMs ?? clamp(sumMs(slots), minTotalMs, maxTotalMs);
  const shots = withTrims(scaleTo(wantedMs, splitLongShots(slots, wantedMs)));
  const scenes = shots.map(({ text, media: ref, mediaIndex, durationMs }, index) => {
    const name = text === "" ? mediaName(ref, mediaIndex) : firstWords(text, 32);
    const transition = transitionInto(shots, index);
    return { id: newId(), name, text, durationMs, seed: seedOf(`${index} ${text}`), media: ref, transition };
  });
  const [opening] = chunks;
  return { scenes, title: heading ?? (opening === undefined ? plainTitle(request) : firstWords(opening, 32)) };
}

function pair(heading: string | null, body: string[], media: SceneMedia[]): Slot[] {
  const texts = heading === null ? body : [heading, ...body];
  const count = Math.max(texts.length, media.length, 1);
  const textAt = new Map(texts.map((text, index) => [Math.floor((index * count) / texts.length), text]));
  return Array.from({ length: count }, (_, index) => {
    const text = textAt.get(index) ?? "";
    const mediaIndex = Math.floor((index * media.length) / count);
    const medium = media[mediaIndex] ?? null;
    const durationMs = naturalMs(text, medium);
    return {
      text,
      media: medium,
      mediaIndex,
      durationMs: index === 0 && heading !== null ? Math.max(durationMs, headingMs) : durationMs,
    };
  });
}

function naturalMs(text: string, medium: SceneMedia | null): number {
  const textMs = text === "" ? 0 : clamp(Math.round(readingMs(text)), minSceneMs, maxTextMs);
  if (medium === null) return Math.max(textMs, minSceneMs);
  if (medium.kind === "image") return textMs === 0 ? pictureMs : Math.max(textMs, minSceneMs);
  return textMs === 0 ? clamp(medium.durationMs ?? maxSceneMs, minSceneMs, maxClipMs) : textMs;
}

/** Joins neighbours so that no more than `maxCount` are left. */
function joinDown(texts: string[], maxCount: number): string[] {
  const groupSize = Math.ceil(texts.length / Math.max(maxCount, 1));
  if (groupSize <= 1) return texts;
  const groupCount = Math.ceil(texts.length / groupSize);
  return Array.from({ length: groupCount }, (_, index) =>
    texts.slice(index * groupSize, (index + 1) * groupSize).reduce(joinWords),
  );
}

function splitLongShots(slots: Slot[], totalMs: number): Slot[] {
  const stretch = totalMs / sumMs(slots);
  const shots = slots.flatMap((slot) => {
    const allowedMs = slot.media?.kind === "video" ? maxClipMs : longShotMs;
    const parts = Math.ceil((slot.durationMs * stretch) / allowedMs);
    return Array.from({ length: parts }, () => ({ ...slot, durationMs: slot.durationMs / parts }));
  });
  return shots.length <= maxScenes ? shots : slots;
}

/** Whole milliseconds that add up to `totalMs` exactly. */
function scaleTo(totalMs: number, slots: Slot[]): Slot[] {
  const naturalTotalMs = sumMs(slots);
  let naturalEndMs = 0;
  let startMs = 0;
  return slots.map((slot) => {
    naturalEndMs += slot.durationMs;
    const endMs = Math.round((naturalEndMs / naturalTotalMs) * totalMs);
    const durationMs = endMs - startMs;
    startMs = endMs;
    return { ...slot, durationMs };
  });
}

type Shot = Omit<Slot, "media"> & { media: MediaRef | null };

/** Scenes that share a clip go on where the one before stopped; at the clip's end they begin anew. */
function withTrims(slots: Slot[]): Shot[] {
  const usedMs = new Map<number, number>();
  return slots.map(({ media, ...slot }) => {
    if (media === null) return { ...slot, media };
    const { hash, kind, durationMs: clipMs } = media;
    if (kind === "image") return { ...slot, media: { hash, kind, trimStartMs: 0 } };
    const nextMs = usedMs.get(slot.mediaIndex) ?? 0;
    const trimStartMs = clipMs !== null && nextMs + Math.min(1000, slot.durationMs) > clipMs ? 0 : nextMs;
    usedMs.set(slot.mediaIndex, trimStartMs + slot.durationMs);
    return { ...slot, media: { hash, kind, trimStartMs } };
  });
}

function transitionInto(shots: Shot[], index: number): Scene["transition"] {
  const before = shots[index - 1];
  const shot = shots[index];
  if (before === undefined || shot === undefined) return "cut";
  if (shot.media !== null && shot.mediaIndex === before.mediaIndex) return "cut";
  return index % 2 === 0 ? "slide" : "fade";
}

function mediaName(ref: MediaRef | null, mediaIndex: number): string {
  if (ref === null) return "Background";
  return `${ref.kind === "image" ? "Photo" : "Clip"} ${mediaIndex + 1}`;
}

function plainTitle({ topic, language, media }: SceneRequest): string {
  const isChinese = language === "zh";
  if (topic !== null) return firstWords(topic, 44);
  if (media.length === 0) return isChinese ? "我的视频" : "My video";
  if (media.every(({ kind }) => kind === "image")) return isChinese ? "图片集锦" : "Slideshow";
  return isChinese ? "精彩片段" : "Highlights";
}

/** FNV-1a: the same words always get the same background. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

function sumMs(slots: { durationMs: number }[]): number {
  return slots.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
