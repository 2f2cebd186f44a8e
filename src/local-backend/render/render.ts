import { mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { readDraft, totalDurationMs } from "../draft.ts";
import type { Project } from "../project.ts";
import { runFfmpeg } from "./ffmpeg-run.ts";
import { loadFont } from "./font.ts";
import { joinPieces } from "./join-pieces.ts";
import { writeSoundtrack } from "./music.ts";
import { prepareShots } from "./prepare-shots.ts";
import { addShot, createGraph, fps } from "./shot.ts";
import type { FrameSize, Graph, Shot } from "./shot.ts";

export type RenderOptions = {
  draftText: string;
  /** Uploaded files, each named `<hash>.<extension>`. */
  mediaDir: string;
  outPath: string;
  /** "low" or "medium"; anything else counts as high. */
  quality: string;
  /** A command on the path, or an absolute path. */
  ffmpegPath: string;
  onProgress: (percent: number) => void;
  signal: AbortSignal;
};
export type Rendered = { durationMs: number; widthPx: number; heightPx: number };

const maxTotalMs = 600_000;
const maxScenes = 200;
const [minSidePx, maxSidePx] = [64, 3840];
const maxLanes = 4;
const transitionFrames = 10;
const closingFadeFrames = 12;
const videoSharePercent = 95;
/** Files in the work folder. ffmpeg runs there and gets bare names, since a path would have to be escaped twice in a filter. */
const [fontFile, pieceList, music, whole] = ["font.ttf", "pieces.txt", "music.wav", "whole.mp4"] as const;

/**
 * Renders a draft to an MP4 (H.264, yuv420p, AAC, index first) that lasts as long as the draft says. Each scene is encoded on
 * its own, several at once, and the pieces are joined without encoding them again. Nothing is left behind but `outPath`, and
 * that only when it is whole. Rejects with a `DraftError` for a draft that cannot be read, with the signal's reason when aborted.
 */
export async function renderVideo(options: RenderOptions): Promise<Rendered> {
  const project = readDraft(options.draftText);
  const totalMs = totalDurationMs(project);
  assertWithinLimits(project, totalMs);
  options.signal.throwIfAborted();
  const workDir = await mkdtemp(`${options.outPath}.part-`);
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const job: Job = { ...options, workDir, size: evenSize(project), signal };
  try {
    const font = await loadFont();
    await symlink(font.path, join(workDir, fontFile));
    const shots = await prepareShots(project, { ...job, captions: { font, fontFile, workDir, ...job.size } });
    await writeFile(join(workDir, pieceList), shots.map((_, index) => `file ${pieceFile(index)}\n`).join(""));
    const parts = [...encodingLanes(job, shots), () => writeSoundtrack(join(workDir, music), project.music, totalMs)];
    await Promise.all(parts.map((part) => part().catch((error: unknown) => failed.abort(error))));
    signal.throwIfAborted();
    await joinPieces({ ...job, cwd: workDir, pieces: pieceList, music, shots, outFile: whole });
    await rename(join(workDir, whole), options.outPath);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  options.onProgress(100);
  return { durationMs: totalMs, ...job.size };
}

type Job = RenderOptions & { workDir: string; size: FrameSize };

function assertWithinLimits({ scenes, widthPx, heightPx }: Project, totalMs: number): void {
  if (Math.min(widthPx, heightPx) < minSidePx || Math.max(widthPx, heightPx) > maxSidePx) {
    throw new Error(
      `The draft asks for ${widthPx} x ${heightPx} pixels; each side may be ${minSidePx} to ${maxSidePx}.`,
    );
  }
  if (totalMs > maxTotalMs || totalMs < 1000 / fps) {
    throw new Error(`The draft lasts ${totalMs} ms; what can be rendered lasts ${1000 / fps} to ${maxTotalMs}.`);
  }
  if (scenes.length > maxScenes)
    throw new Error(`The draft has ${scenes.length} scenes; at most ${maxScenes} can be rendered.`);
}

/** Chroma has half the resolution: sides have to be even. */
function evenSize({ widthPx, heightPx }: FrameSize): FrameSize {
  return { widthPx: widthPx - (widthPx % 2), heightPx: heightPx - (heightPx % 2) };
}

/** As many lanes as there are processors; each takes the next scene until none is left. */
function encodingLanes(job: Job, shots: Shot[]): (() => Promise<void>)[] {
  const totalFrames = shots.reduce((sum, shot) => sum + shot.frames, 0);
  const doneFrames = shots.map(() => 0);
  const waiting = shots.keys();
  const lane = async () => {
    for (const index of waiting) {
      await encodePiece(job, shots, index, (frames) => {
        doneFrames[index] = frames;
        const sum = doneFrames.reduce((total, done) => total + done, 0);
        job.onProgress(Math.min(videoSharePercent, Math.floor((sum / totalFrames) * videoSharePercent)));
      });
    }
  };
  return Array.from({ length: Math.min(availableParallelism(), maxLanes) }, () => lane);
}

/** A transition overlaps the end of the scene before, which moves on meanwhile, so that no time is lost to it. */
async function encodePiece(job: Job, shots: Shot[], index: number, onFrames: (frames: number) => void): Promise<void> {
  const shot = shots[index];
  if (shot === undefined) return;
  const graph = createGraph();
  let label = addShot(graph, shot, { startFrame: 0, frames: shot.frames }, job.size);
  const before = shots[index - 1];
  if (before !== undefined && shot.transition !== "cut") label = addTransition(graph, before, shot, label, job.size);
  if (index === shots.length - 1) label = addClosingFade(graph, shot, label);
  const { ffmpegPath, workDir: cwd, signal, quality } = job;
  const filters = ["-filter_complex_threads", "1", "-filter_complex", graph.filters.join(";"), "-map", `[${label}]`];
  const output = [
    "-frames:v",
    String(shot.frames),
    ...encoderOptions(quality),
    "-video_track_timescale",
    "12800",
    pieceFile(index),
  ];
  await runFfmpeg({ ffmpegPath, args: [...graph.inputArgs, ...filters, ...output], cwd, signal, onFrames });
}

function addTransition(graph: Graph, before: Shot, shot: Shot, label: string, size: FrameSize): string {
  const frames = Math.max(1, Math.min(transitionFrames, Math.floor(shot.frames / 2)));
  const tail = addShot(graph, before, { startFrame: before.frames, frames: frames + 1 }, size);
  const output = graph.newLabel();
  const kind = shot.transition === "slide" ? "slideleft" : "fade";
  graph.filters.push(`[${tail}][${label}]xfade=transition=${kind}:duration=${frames / fps}:offset=0[${output}]`);
  return output;
}

function addClosingFade(graph: Graph, { frames }: Shot, label: string): string {
  const output = graph.newLabel();
  const fadeFrames = Math.min(closingFadeFrames, frames - 1);
  if (fadeFrames < 1) return label;
  graph.filters.push(`[${label}]fade=t=out:s=${frames - fadeFrames}:n=${fadeFrames}[${output}]`);
  return output;
}

/** No B-frames: pieces then join at exact frames. One thread, since the lanes already keep every processor busy. */
function encoderOptions(quality: string): string[] {
  const rate = quality === "low" ? "29" : quality === "medium" ? "25" : "21";
  return [
    "-c:v",
    "libx264",
    "-preset",
    "superfast",
    "-crf",
    rate,
    "-bf",
    "0",
    "-g",
    String(2 * fps),
    "-pix_fmt",
    "yuv420p",
    "-threads",
    "1",
  ];
}

function pieceFile(index: number): string {
  return `piece-${index}.mp4`;
}
