import { readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { MediaRef, Project, Scene, TextCard } from "../project.ts";
import { chooseLook, drawBackdrop } from "./backdrop.ts";
import type { Look } from "./backdrop.ts";
import { prepareCaption } from "./caption.ts";
import type { CaptionDeps, CaptionPlan } from "./caption.ts";
import { probeMedia } from "./probe.ts";
import { encodePam } from "./raster.ts";
import { fps } from "./shot.ts";
import type { Shot, ShotContent } from "./shot.ts";

/** `captions.workDir` is where the shots' files are written. */
export type ShotDeps = { captions: CaptionDeps; mediaDir: string; ffmpegPath: string; signal: AbortSignal };

/** A title that reaches no further than this into a scene is not shown there. */
const shortestTitleFrames = 25;
const lastClipPartMs = 500;
/** The words of a scene come when those of the scene before have nearly faded. */
const wordsAfterTransitionFrames = 7;

/** Draws the backgrounds, lays out the words and finds the media of every scene that lasts at least a frame. */
export async function prepareShots(project: Project, deps: ShotDeps): Promise<Shot[]> {
  const shots: Shot[] = [];
  let look: Look | null = null;
  let startMs = 0;
  for (const [index, scene] of project.scenes.entries()) {
    deps.signal.throwIfAborted();
    const startFrame = toFrames(startMs);
    startMs += scene.durationMs;
    const frames = toFrames(startMs) - startFrame;
    if (frames === 0) continue;
    let content: ShotContent;
    if (scene.media === null) {
      look = chooseLook(scene.text, scene.seed, look);
      content = await writeBackdrop(look, scene, frames, `backdrop-${index}`, deps);
    } else {
      look = null;
      content = await findMedia(scene.media, deps);
    }
    const captions = [];
    for (const [order, plan] of planCaptions(scene, project.title, startFrame, frames).entries()) {
      const caption = await prepareCaption(plan, `caption-${index}-${order}`, deps.captions);
      if (caption !== null) captions.push(caption);
    }
    shots.push({ frames, content, captions, seed: scene.seed, transition: scene.transition });
  }
  return shots;
}

function toFrames(ms: number): number {
  return Math.round((ms * fps) / 1000);
}

async function writeBackdrop(
  look: Look,
  { seed }: Scene,
  frames: number,
  name: string,
  { captions }: ShotDeps,
): Promise<ShotContent> {
  const {
    sky,
    seed: skySeed,
    layers,
  } = drawBackdrop(look, seed, { widthPx: captions.widthPx, heightPx: captions.heightPx, frames });
  const placed = layers.map(async ({ raster, x, y, xPerFrame, yPerFrame }, index) => {
    const file = `${name}-${index}.pam`;
    await writeFile(join(captions.workDir, file), encodePam(raster));
    return { file, x, y, xPerFrame, yPerFrame };
  });
  return { kind: "backdrop", sky, skySeed, layers: await Promise.all(placed) };
}

async function findMedia(media: MediaRef, { mediaDir, ffmpegPath }: ShotDeps): Promise<ShotContent> {
  const file = (await readdir(mediaDir)).find((name) => name.startsWith(`${media.hash}.`));
  if (file === undefined) throw new Error(`The draft uses the file ${media.hash}, which was not uploaded.`);
  const path = resolve(mediaDir, file);
  const { widthPx, heightPx, durationMs, hasAudio } = await probeMedia(path, ffmpegPath);
  if (widthPx === null || heightPx === null)
    throw new Error(`The draft shows the file ${media.hash}, which has no picture.`);
  const latestStartMs = durationMs === null ? media.trimStartMs : Math.max(0, durationMs - lastClipPartMs);
  const startMs = Math.min(media.trimStartMs, latestStartMs);
  return { kind: media.kind, path, startMs, sourceWidthPx: widthPx, sourceHeightPx: heightPx, hasAudio };
}

/** The scene's words and the title where it falls into the scene. Words that the title already says are not said twice. */
function planCaptions(scene: Scene, title: TextCard | null, startFrame: number, frames: number): CaptionPlan[] {
  const shownTitle = title === null ? null : planTitle(title, startFrame, frames);
  const isSaidByTitle = shownTitle !== null && withoutStop(scene.text) === withoutStop(shownTitle.text);
  const words = isSaidByTitle ? "" : scene.text;
  const plans: CaptionPlan[] = [];
  if (words !== "") {
    const place =
      scene.media === null
        ? ({ style: "panel", anchor: { middle: shownTitle === null ? 0.5 : 0.64 } } as const)
        : ({ style: "subtitle", anchor: { bottom: 0.92 } } as const);
    const fromFrame = Math.min(scene.transition === "cut" ? 2 : wordsAfterTransitionFrames, frames - 1);
    plans.push({ text: words, ...place, fromFrame, toFrame: null });
  }
  if (shownTitle !== null) plans.push({ ...shownTitle, anchor: { middle: words === "" ? 0.44 : 0.26 } });
  return plans;
}

function withoutStop(text: string): string {
  return text.trim().replace(/[.。]$/u, "");
}

function planTitle(
  { text, startMs, durationMs }: TextCard,
  startFrame: number,
  frames: number,
): Omit<CaptionPlan, "anchor"> | null {
  const fromFrame = Math.max(0, toFrames(startMs) - startFrame);
  const untilFrame = toFrames(startMs + durationMs) - startFrame;
  const lastFrame = Math.min(frames, untilFrame);
  if (lastFrame - fromFrame < Math.min(shortestTitleFrames, toFrames(durationMs))) return null;
  return { text, style: "title", fromFrame, toFrame: untilFrame < frames ? untilFrame : null };
}
