import type { Music, Project, Scene } from "../project.ts";
import { bigId } from "../random.ts";
import type { Random } from "../random.ts";
import type { Edit, Media, Wishes } from "../session-record.ts";
import { scenesOf } from "../scenes.ts";
import { totalDurationMs } from "../draft.ts";
import type { Language } from "./language.ts";
import { readMessage } from "./message.ts";
import { topicOf } from "./topic.ts";

const DEFAULT_VOLUME = 0.35;
const VOLUME_STEP = 0.2;
const TITLE_MS = 3000;
/** A trim leaves at least so much. */
const MIN_TOTAL_MS = 1000;

export const moodNames = {
  en: { "lo-fi": "Lo-fi", upbeat: "Upbeat", calm: "Calm", epic: "Epic" },
  zh: { "lo-fi": "低保真", upbeat: "欢快", calm: "舒缓", epic: "史诗" },
} as const;

export type Making = { random: Random; language: Language };

/** The first stage of a generation: scenes and nothing else. The wishes say how large and how long. */
export function firstCut(text: string, media: Media[], wishes: Wishes, { random, language }: Making): Project {
  const { toEditor, script } = readMessage(text);
  const shown = media.flatMap(({ hash, kind, durationMs }) => (kind === "audio" ? [] : [{ hash, kind, durationMs }]));
  const total = wishes.durationMs === null ? {} : { totalMs: wishes.durationMs };
  const { scenes, title } = scenesOf({ script, topic: topicOf(toEditor), language, media: shown, ...total }, () =>
    bigId(random),
  );
  return {
    id: bigId(random),
    name: wishes.title || title,
    widthPx: wishes.widthPx ?? 1080,
    heightPx: wishes.heightPx ?? 1920,
    scenes,
    title: null,
    music: null,
  };
}

/** The second stage: music and title on top of the first cut. */
export function finish(project: Project, wishes: Wishes, { random, language }: Making): Project {
  const dressed = setTitle(project, wishes.title ?? project.name, random);
  if (wishes.music === "none") return dressed;
  return setMusic(dressed, wishes.music ?? "lo-fi", wishes.volume, { random, language });
}

/** The same content at another size: made anew, so every scene gets a new id and background. */
export function reformat(project: Project, widthPx: number, heightPx: number, { random }: Making): Project {
  const scenes = project.scenes.map((scene) => ({ ...scene, id: bigId(random), seed: Math.floor(random() * 1e9) }));
  return { ...project, widthPx, heightPx, scenes };
}

export function applyEdit(project: Project, edit: Edit, making: Making): Project {
  const { random } = making;
  switch (edit.kind) {
    case "title":
      return setTitle(project, edit.text ?? project.name, random);
    case "add_music":
      return setMusic(project, edit.mood, edit.volume, making);
    case "remove_music":
      return { ...project, music: null };
    case "volume":
      return project.music === null
        ? project
        : { ...project, music: { ...project.music, volume: volumeAfter(project.music.volume, edit.change) } };
    case "trim":
      return trim(project, Math.max(MIN_TOTAL_MS, edit.toMs));
    case "reorder":
      return { ...project, scenes: withCutFirst(project.scenes.toReversed()) };
    case "restyle": {
      const scenes = project.scenes.map((scene, index) =>
        withTransition({ ...scene, seed: Math.floor(random() * 1e9) }, index, random),
      );
      return { ...project, scenes };
    }
  }
}

/** Nothing comes before the first scene that it could come in from. */
function withCutFirst(scenes: Scene[]): Scene[] {
  return scenes.map((scene, index) => (index === 0 ? { ...scene, transition: "cut" } : scene));
}

function withTransition(scene: Scene, index: number, random: Random): Scene {
  const transition = index === 0 ? "cut" : random() < 0.6 ? "fade" : "slide";
  return { ...scene, transition };
}

function setTitle(project: Project, text: string, random: Random): Project {
  if (text === "") return project;
  const durationMs = Math.min(TITLE_MS, totalDurationMs(project));
  return { ...project, title: { id: bigId(random), text, startMs: 0, durationMs } };
}

function setMusic(project: Project, mood: Music["mood"], volume: number | null, { random, language }: Making): Project {
  const music = {
    id: bigId(random),
    name: moodNames[language][mood],
    mood,
    volume: volume ?? project.music?.volume ?? DEFAULT_VOLUME,
    startMs: 0,
    durationMs: totalDurationMs(project),
  };
  return { ...project, music };
}

function volumeAfter(before: number, change: number | "up" | "down"): number {
  const wanted = change === "up" ? before + VOLUME_STEP : change === "down" ? before - VOLUME_STEP : change;
  return Math.round(Math.min(1, Math.max(0, wanted)) * 100) / 100;
}

/** Cuts the end off: whole scenes, and the last one that is left to fit. Title and music end with it. */
function trim(project: Project, toMs: number): Project {
  let leftMs = toMs;
  const scenes = project.scenes.flatMap((scene) => {
    const durationMs = Math.min(scene.durationMs, leftMs);
    leftMs -= durationMs;
    return durationMs > 0 ? [{ ...scene, durationMs }] : [];
  });
  const totalMs = toMs - leftMs;
  const { title, music } = project;
  return {
    ...project,
    scenes,
    title: title && { ...title, durationMs: Math.min(title.durationMs, totalMs) },
    music: music && { ...music, durationMs: Math.min(music.durationMs, totalMs) },
  };
}
