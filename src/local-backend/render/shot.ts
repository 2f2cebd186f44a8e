import type { Scene } from "../project.ts";
import type { Caption } from "./caption.ts";
import { mediaInputOptions } from "./ffmpeg-run.ts";

export const fps = 25;

/** Everything that one scene shows, its files already in the work folder. */
export type Shot = {
  frames: number;
  content: ShotContent;
  captions: Caption[];
  seed: number;
  transition: Scene["transition"];
};
export type ShotContent =
  | { kind: "backdrop"; sky: readonly [string, string, string]; skySeed: number; layers: PlacedLayer[] }
  | {
      kind: "image" | "video";
      path: string;
      startMs: number;
      sourceWidthPx: number;
      sourceHeightPx: number;
      hasAudio: boolean;
    };
export type PlacedLayer = { file: string; x: number; y: number; xPerFrame: number; yPerFrame: number };

export type FrameSize = { widthPx: number; heightPx: number };
/** Which frames of a shot to draw: a transition draws the ones after its end, too. */
export type Span = { startFrame: number; frames: number };

/** The inputs and filters of one ffmpeg command while they are put together. */
export type Graph = {
  inputArgs: string[];
  filters: string[];
  addInput: (...args: string[]) => number;
  newLabel: () => string;
};

export function createGraph(): Graph {
  const inputArgs: string[] = [];
  let inputs = 0;
  let labels = 0;
  const addInput = (...args: string[]) => {
    inputArgs.push(...args);
    return inputs++;
  };
  return { inputArgs, filters: [], addInput, newLabel: () => `v${labels++}` };
}

const restartClock = `setpts=N/(${fps}*TB)`;
const captionFadeFrames = 9;
/** Pictures that nearly have the frame's shape fill it; others keep theirs, over a blurred copy. */
const fillTolerance = 1.2;
const zoom = 0.13;

/** Adds a shot to the graph and returns the label of its pictures. */
export function addShot(graph: Graph, shot: Shot, span: Span, size: FrameSize): string {
  let label = addContent(graph, shot, span, size);
  for (const caption of shot.captions) label = addCaption(graph, label, caption, shot.frames, span);
  const output = graph.newLabel();
  graph.filters.push(`[${label}]fps=${fps},settb=1/${fps},setsar=1,format=yuv420p[${output}]`);
  return output;
}

function addContent(graph: Graph, shot: Shot, span: Span, size: FrameSize): string {
  const { content } = shot;
  switch (content.kind) {
    case "backdrop":
      return addBackdrop(graph, content, span, size);
    case "image":
      return addImage(graph, content, shot, span, size);
    case "video":
      return addClip(graph, content, span, size);
  }
}

function addBackdrop(
  graph: Graph,
  backdrop: Extract<ShotContent, { kind: "backdrop" }>,
  span: Span,
  size: FrameSize,
): string {
  const { widthPx, heightPx } = smallCopy(size, 8);
  const [c0, c1, c2] = backdrop.sky;
  const lengthS = (span.startFrame + span.frames) / fps + 1;
  const points = `x0=${widthPx / 2}:y0=0:x1=${widthPx / 2}:y1=${heightPx - 1}`;
  const look = `c0=${c0}:c1=${c1}:c2=${c2}:n=3:seed=${backdrop.skySeed}:speed=0.004`;
  let label = graph.newLabel();
  graph.filters.push(
    `gradients=s=${widthPx}x${heightPx}:${points}:${look}:r=${fps}:d=${lengthS},` +
      `trim=start_frame=${span.startFrame},${restartClock},format=yuv420p,scale=${size.widthPx}:${size.heightPx}:flags=bicubic[${label}]`,
  );
  for (const { file, x, y, xPerFrame, yPerFrame } of backdrop.layers) {
    const input = graph.addInput("-i", file);
    const [layer, next] = [graph.newLabel(), graph.newLabel()];
    graph.filters.push(`[${input}:v]scale=iw*2:ih*2:flags=bicubic,format=yuva420p[${layer}]`);
    const frame = `(n+${span.startFrame})`;
    graph.filters.push(
      `[${label}][${layer}]overlay=x=${x}+${xPerFrame}*${frame}:y=${y}+${yPerFrame}*${frame}[${next}]`,
    );
    label = next;
  }
  return label;
}

type MediaContent = Extract<ShotContent, { kind: "image" | "video" }>;

function addImage(graph: Graph, image: MediaContent, shot: Shot, span: Span, size: FrameSize): string {
  const input = graph.addInput(...mediaInputOptions, "-i", `file:${image.path}`);
  const still = `[${input}:v]trim=end_frame=1`;
  const repeat = `loop=loop=-1:size=1:start=0,${restartClock},trim=end_frame=${span.frames}`;
  return addFitted(graph, image, { source: still, repeat, motion: kenBurns(shot, span) }, size);
}

/** Slowly in or out, towards a point that the seed picks. */
function kenBurns({ seed, frames }: Shot, { startFrame }: Span): string {
  const part = `min(1,(on+${startFrame})/${frames + fps})`;
  const scale = `(1+${zoom}*${seed % 2 === 0 ? part : `(1-${part})`})`;
  const [left, top] = [`(W-W/${scale})*${(seed % 5) / 4}`, `(H-H/${scale})*${(seed % 7) / 6}`].map(
    (text) => `'${text}'`,
  );
  const [right, bottom] = [
    `'(W-W/${scale})*${(seed % 5) / 4}+W/${scale}'`,
    `'(H-H/${scale})*${(seed % 7) / 6}+H/${scale}'`,
  ];
  const corners = `x0=${left}:y0=${top}:x1=${right}:y1=${top}:x2=${left}:y2=${bottom}:x3=${right}:y3=${bottom}`;
  return `perspective=${corners}:eval=frame`;
}

/** A clip that ends before its scene does stands still on its last frame. */
function addClip(graph: Graph, clip: MediaContent, span: Span, size: FrameSize): string {
  const input = graph.addInput(...mediaInputOptions, "-ss", String(clip.startMs / 1000), "-i", `file:${clip.path}`);
  const cut = `trim=start_frame=${span.startFrame}:end_frame=${span.startFrame + span.frames}`;
  const source = `[${input}:v]fps=${fps},tpad=stop_mode=clone:stop=-1,${cut},${restartClock}`;
  return addFitted(graph, clip, { source, repeat: null, motion: null }, size);
}

type Moving = { source: string; repeat: string | null; motion: string | null };

function addFitted(graph: Graph, media: MediaContent, { source, repeat, motion }: Moving, size: FrameSize): string {
  const { widthPx, heightPx } = size;
  const shape = media.sourceWidthPx / media.sourceHeightPx / (widthPx / heightPx);
  const chain = (...filters: (string | null)[]) => filters.filter((filter) => filter !== null).join(",");
  const label = graph.newLabel();
  const cover = (to: FrameSize) =>
    `scale=${to.widthPx}:${to.heightPx}:force_original_aspect_ratio=increase,crop=${to.widthPx}:${to.heightPx}`;
  if (Math.max(shape, 1 / shape) <= fillTolerance) {
    graph.filters.push(`${chain(source, cover(size), "format=yuv420p", repeat, motion)}[${label}]`);
    return label;
  }
  const fittedWidthPx = shape > 1 ? widthPx : Math.round((widthPx * shape) / 2) * 2;
  const fittedHeightPx = shape > 1 ? Math.round(heightPx / shape / 2) * 2 : heightPx;
  const [sharp, soft, front, back] = [graph.newLabel(), graph.newLabel(), graph.newLabel(), graph.newLabel()];
  const blur = `${cover(smallCopy(size, 20))},boxblur=3:2,eq=brightness=-0.12:saturation=1.1,scale=${widthPx}:${heightPx}:flags=bicubic`;
  graph.filters.push(
    `${source},split[${sharp}][${soft}]`,
    `[${soft}]${chain(`format=yuv420p,${blur}`, repeat)}[${back}]`,
    `[${sharp}]${chain(`scale=${fittedWidthPx}:${fittedHeightPx},format=yuv420p`, repeat, motion)}[${front}]`,
    `[${back}][${front}]overlay=x=${(widthPx - fittedWidthPx) / 2}:y=${(heightPx - fittedHeightPx) / 2}[${label}]`,
  );
  return label;
}

/** Fades in while it rises into its place. */
function addCaption(graph: Graph, under: string, caption: Caption, sceneFrames: number, span: Span): string {
  const { panelFile, writeWords, x, y, fromFrame, toFrame } = caption;
  const lastFrame = toFrame ?? sceneFrames;
  if (lastFrame <= span.startFrame && toFrame !== null) return under;
  const input = graph.addInput("-i", panelFile);
  const [words, output] = [graph.newLabel(), graph.newLabel()];
  const written = `[${input}:v]format=rgba,${writeWords},format=yuva420p`;
  if (span.startFrame > 0) {
    graph.filters.push(`${written}[${words}]`, `[${under}][${words}]overlay=x=${x}:y=${y}[${output}]`);
    return output;
  }
  const shownFrames = toFrame === null ? captionFadeFrames + 1 : toFrame - fromFrame + captionFadeFrames;
  const fadeIn = `fade=t=in:s=0:n=${captionFadeFrames}:alpha=1`;
  const fadeOut = toFrame === null ? "" : `,fade=t=out:s=${toFrame - fromFrame}:n=${captionFadeFrames}:alpha=1`;
  const start = `setpts=(N+${fromFrame})/(${fps}*TB)`;
  graph.filters.push(
    `${written},loop=loop=${shownFrames}:size=1:start=0,setpts=N/(${fps}*TB),${fadeIn}${fadeOut},${start}[${words}]`,
  );
  const rise = `30*pow(1-min(1,max(0,n-${fromFrame})/${captionFadeFrames + 3}),2)`;
  graph.filters.push(`[${under}][${words}]overlay=x=${x}:y='${y}+${rise}'[${output}]`);
  return output;
}

function smallCopy({ widthPx, heightPx }: FrameSize, divisor: number): FrameSize {
  const part = (px: number) => Math.max(16, Math.round(px / divisor / 2) * 2);
  return { widthPx: part(widthPx), heightPx: part(heightPx) };
}
