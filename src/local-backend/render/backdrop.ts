import { createRandom } from "../random.ts";
import type { Random } from "../random.ts";
import { createRaster, fillBelow, fillDisc, fillRect } from "./raster.ts";
import type { Color, Raster } from "./raster.ts";

/** A moving background: a slowly turning sky of three colours, and pictures that drift across it, far ones first. */
export type Backdrop = { sky: readonly [string, string, string]; seed: number; layers: BackdropLayer[] };
/** Drawn at half size: `ffmpeg` doubles it. Offsets are in pixels of the frame. */
export type BackdropLayer = { raster: Raster; x: number; y: number; xPerFrame: number; yPerFrame: number };

const motifs = ["skyline", "hills", "waves", "stars", "sun", "bubbles"] as const;
type Motif = (typeof motifs)[number];

/** Words that ask for a motif; a scene without any gets the one that its seed picks. */
const motifWords: [Motif, RegExp][] = [
  ["stars", /\b(?:nights?|stars?|moon|sleep|dark)\b|夜|星|月亮/iu],
  ["waves", /\b(?:seas?|lakes?|rivers?|waves?|ocean|boats?|water|beach)\b|湖|海|河|船|水面/iu],
  ["hills", /\b(?:mountains?|hills?|parks?|forests?|village|trails?|farm|nature)\b|山|村|茶|森林|公园/iu],
  ["skyline", /\b(?:city|cities|streets?|urban|buildings?|skyline|windows|roof|town|office)\b|城|街|楼|办公/iu],
  ["sun", /\b(?:sun|sunrise|sunset|morning|warm|bright(?:er)?|day|light)\b|太阳|清晨|早晨|阳光|傍晚/iu],
  ["bubbles", /\b(?:coffee|glass|kitchen|drink|party|caffeine)\b|咖啡|厨房|热气/iu],
];

type Palette = { sky: readonly [string, string, string]; far: Color; near: Color; glow: Color };
const palettes: readonly [Palette, ...Palette[]] = [
  { sky: ["0x1b2a6b", "0x7b3fa0", "0xf2846b"], far: [84, 52, 130], near: [38, 24, 84], glow: [255, 214, 160] },
  { sky: ["0x0b486b", "0x1f8a8c", "0xb8d8a8"], far: [24, 104, 122], near: [8, 58, 82], glow: [240, 250, 214] },
  { sky: ["0x42275a", "0xa0527f", "0xf6b48f"], far: [116, 58, 110], near: [62, 30, 78], glow: [255, 226, 190] },
  { sky: ["0x134e5e", "0x3f8f70", "0xc4d690"], far: [38, 110, 92], near: [16, 64, 62], glow: [250, 246, 200] },
  { sky: ["0x20306b", "0x3f6fc4", "0x9fd3e8"], far: [50, 92, 170], near: [24, 48, 110], glow: [234, 248, 255] },
  { sky: ["0x5b1f3f", "0xc0483f", "0xf6a75f"], far: [140, 52, 62], near: [80, 26, 50], glow: [255, 230, 170] },
];
const nightPalettes: readonly [Palette, ...Palette[]] = [
  { sky: ["0x070b2a", "0x16224f", "0x3c3f86"], far: [28, 34, 84], near: [12, 15, 46], glow: [255, 240, 200] },
  { sky: ["0x0a1626", "0x123a55", "0x2d6a78"], far: [18, 56, 78], near: [8, 26, 42], glow: [226, 246, 255] },
];

/** What a background shows, and in which colours. */
export type Look = { motif: Motif; palette: Palette };

/** The look for these words; its motif and colours are not those of the scene before, so that two in a row never look alike. */
export function chooseLook(words: string, seed: number, before: Look | null): Look {
  const asked = motifWords.filter(([, pattern]) => pattern.test(words)).map(([motif]) => motif);
  const motif = [...asked, ...from(motifs, seed)].find((choice) => choice !== before?.motif) ?? "skyline";
  const choices = motif === "stars" ? nightPalettes : palettes;
  const palette = from(choices, seed >>> 3).find((choice) => choice !== before?.palette) ?? choices[0];
  return { motif, palette };
}

function from<T>(choices: readonly T[], seed: number): T[] {
  const first = seed % choices.length;
  return [...choices.slice(first), ...choices.slice(0, first)];
}

type Scenery = { widthPx: number; heightPx: number; frames: number; random: Random; palette: Palette };

export function drawBackdrop(
  { motif, palette }: Look,
  seed: number,
  frame: { widthPx: number; heightPx: number; frames: number },
): Backdrop {
  const scenery: Scenery = { ...frame, random: createRandom(seed), palette };
  return { sky: palette.sky, seed: seed % 100_000, layers: drawLayers(motif, scenery) };
}

function drawLayers(motif: Motif, scenery: Scenery): BackdropLayer[] {
  const { palette } = scenery;
  switch (motif) {
    case "skyline":
      return [buildings(scenery, 0.62, 1, palette.far), buildings(scenery, 0.42, 2, palette.near)];
    case "hills":
      return [ridge(scenery, 0.55, 0.16, 1, palette.far), ridge(scenery, 0.34, 0.1, 2, palette.near)];
    case "waves":
      return [ridge(scenery, 0.46, 0.025, 4, palette.far), ridge(scenery, 0.32, 0.03, -4, palette.near)];
    case "stars":
      return [nightSky(scenery), ridge(scenery, 0.26, 0.08, 2, palette.near)];
    case "sun":
      return [sunDisc(scenery), ridge(scenery, 0.36, 0.12, 2, palette.near)];
    case "bubbles":
      return [discs(scenery, 14, 0.16, 0.12, 2), discs(scenery, 18, 0.07, 0.22, 4)];
  }
}

/** A strip along the bottom, wide enough for its drift. It moves by whole even pixels, since chroma has half the resolution. */
function strip(scenery: Scenery, heightPart: number, speed: number): { layer: BackdropLayer; raster: Raster } {
  const { widthPx, heightPx, frames } = scenery;
  const driftPx = Math.min(frames * Math.abs(speed), widthPx);
  const stripHeightPx = Math.round(heightPx * heightPart);
  const raster = createRaster(Math.ceil((widthPx + driftPx) / 2) + 1, Math.ceil(stripHeightPx / 2));
  const xPerFrame = -Math.sign(speed) * (driftPx / frames);
  return {
    raster,
    layer: { raster, x: speed > 0 ? 0 : -driftPx, y: heightPx - stripHeightPx, xPerFrame, yPerFrame: 0 },
  };
}

function ridge(scenery: Scenery, heightPart: number, roughness: number, speed: number, color: Color): BackdropLayer {
  const { raster, layer } = strip(scenery, heightPart, speed);
  const { random, widthPx, heightPx } = scenery;
  const swingPx = (roughness * heightPx) / 2;
  const waves = [1, 2.3, 5.1].map((times) => ({
    step: (times * (4 + random() * 3)) / widthPx,
    phase: random() * 6.3,
    part: 0.6 / times,
  }));
  fillBelow(
    raster,
    (x) => swingPx + waves.reduce((y, { step, phase, part }) => y + Math.sin(x * step * 2 + phase) * part * swingPx, 0),
    color,
  );
  return layer;
}

function buildings(scenery: Scenery, heightPart: number, speed: number, color: Color): BackdropLayer {
  const { raster, layer } = strip(scenery, heightPart, speed);
  const { random, palette } = scenery;
  const unitPx = Math.min(scenery.widthPx, scenery.heightPx) / 2;
  for (let x = -unitPx * 0.05; x < raster.widthPx;) {
    const houseWidthPx = unitPx * (0.1 + random() * 0.14);
    const top = raster.heightPx * (0.08 + random() * 0.5);
    const edge = x;
    fillBelow(raster, (column) => (column >= edge && column < edge + houseWidthPx ? top : raster.heightPx), color);
    const panePx = unitPx * 0.018;
    for (let row = top + panePx * 2; row < raster.heightPx - panePx; row += panePx * 2.6) {
      for (let column = edge + panePx; column < edge + houseWidthPx - panePx * 1.6; column += panePx * 2) {
        if (random() < 0.36) fillRect(raster, column, row, panePx, panePx * 1.4, palette.glow, 0.35 + random() * 0.5);
      }
    }
    x += houseWidthPx + (random() < 0.4 ? unitPx * 0.02 : 0);
  }
  return layer;
}

function sunDisc({ widthPx, heightPx, frames, random, palette }: Scenery): BackdropLayer {
  const radiusPx = Math.min(widthPx, heightPx) * 0.17;
  const raster = createRaster(Math.ceil(radiusPx * 1.8), Math.ceil(radiusPx * 1.8));
  const center = radiusPx * 0.9;
  fillDisc(raster, { x: center, y: center, radiusPx: radiusPx * 0.88, softness: 0.9 }, palette.glow, 0.45);
  fillDisc(raster, { x: center, y: center, radiusPx: radiusPx * 0.5, softness: 0.02 }, palette.glow, 0.95);
  const x = widthPx * (0.2 + random() * 0.6) - radiusPx * 1.8;
  return {
    raster,
    x,
    y: heightPx * (0.36 + random() * 0.1) - radiusPx * 1.8,
    xPerFrame: 0,
    yPerFrame: -Math.min(2, (heightPx * 0.15) / frames),
  };
}

function nightSky({ widthPx, heightPx, frames, random, palette }: Scenery): BackdropLayer {
  const driftPx = Math.min(frames, widthPx / 4);
  const raster = createRaster(Math.ceil((widthPx + driftPx) / 2) + 1, Math.ceil(heightPx * 0.4));
  const unitPx = Math.min(widthPx, heightPx) / 2;
  for (let star = 0; star < 140; star++) {
    const radiusPx = unitPx * (0.001 + random() ** 3 * 0.006);
    const at = { x: random() * raster.widthPx, y: random() * raster.heightPx, radiusPx, softness: 0.7 };
    fillDisc(raster, at, [255, 255, 245], 0.4 + random() * 0.6);
  }
  const moon = {
    x: raster.widthPx * (0.25 + random() * 0.5),
    y: unitPx * 0.36,
    radiusPx: unitPx * 0.13,
    softness: 0.03,
  };
  fillDisc(raster, { ...moon, radiusPx: moon.radiusPx * 2.2, softness: 1 }, palette.glow, 0.25);
  fillDisc(raster, moon, palette.glow, 1);
  fillDisc(
    raster,
    { ...moon, x: moon.x - moon.radiusPx * 0.3, radiusPx: moon.radiusPx * 0.25, softness: 0.3 },
    [210, 200, 170],
    0.5,
  );
  return { raster, x: 0, y: 0, xPerFrame: -driftPx / frames, yPerFrame: 0 };
}

function discs(
  { widthPx, heightPx, frames, random, palette }: Scenery,
  count: number,
  size: number,
  alpha: number,
  speed: number,
): BackdropLayer {
  const driftPx = Math.min(frames * speed, heightPx / 2);
  const raster = createRaster(Math.ceil(widthPx / 2), Math.ceil((heightPx + driftPx) / 2));
  const unitPx = Math.min(widthPx, heightPx) / 2;
  for (let disc = 0; disc < count; disc++) {
    const radiusPx = unitPx * size * (0.35 + random() * 0.65);
    fillDisc(
      raster,
      { x: random() * raster.widthPx, y: random() * raster.heightPx, radiusPx, softness: 0.12 },
      palette.glow,
      alpha * (0.5 + random()),
    );
  }
  return { raster, x: 0, y: 0, xPerFrame: 0, yPerFrame: -driftPx / frames };
}
