import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Font } from "./font.ts";
import { createRaster, encodePam, fillRect, fillRounded } from "./raster.ts";
import { layoutText } from "./text-layout.ts";
import type { TextBox, TextLayout } from "./text-layout.ts";

/** Words ready to be laid over a shot: a picture of their panel, and the filters that write the words onto it. */
export type Caption = {
  panelFile: string;
  writeWords: string;
  x: number;
  y: number;
  /** Within the scene. `toFrame` is where it begins to fade out; null if it stays to the scene's end. */
  fromFrame: number;
  toFrame: number | null;
};
export type CaptionPlan = {
  text: string;
  /** A panel is read on its own; a subtitle leaves room for the picture that it is about. */
  style: "panel" | "subtitle" | "title";
  /** Where its middle or its lower edge is, as part of the frame's height. */
  anchor: { middle: number } | { bottom: number };
  fromFrame: number;
  toFrame: number | null;
};
export type CaptionDeps = { font: Font; fontFile: string; workDir: string; widthPx: number; heightPx: number };

/** Lays the words out and writes the files that the filters read. Null if the font can draw none of them. */
export async function prepareCaption(plan: CaptionPlan, name: string, deps: CaptionDeps): Promise<Caption | null> {
  const layout = layoutText(plan.text, boxFor(plan.style, deps), deps.font);
  if (layout === null) return null;
  const paddingPx = Math.round(layout.fontPx * 0.6);
  const widthPx = Math.min(deps.widthPx, Math.ceil(layout.widthPx) + 2 * paddingPx);
  const heightPx = Math.ceil(layout.lines.length * layout.lineHeightPx + paddingPx * 1.4);
  const panelFile = `${name}.pam`;
  await writeFile(join(deps.workDir, panelFile), drawPanel(plan.style, even(widthPx), even(heightPx), layout));
  const textFiles = layout.lines.map((_, index) => `${name}-${index}.txt`);
  await Promise.all(layout.lines.map(({ text }, index) => writeFile(join(deps.workDir, textFiles[index] ?? ""), text)));
  const topPx = paddingPx * (plan.style === "title" ? 0.3 : 0.7);
  const top =
    "middle" in plan.anchor
      ? plan.anchor.middle * deps.heightPx - heightPx / 2
      : plan.anchor.bottom * deps.heightPx - heightPx;
  return {
    panelFile,
    writeWords: textFiles
      .map((file, index) => drawText(file, plan.style, layout, topPx + index * layout.lineHeightPx, deps.fontFile))
      .join(","),
    x: even((deps.widthPx - widthPx) / 2),
    y: even(Math.max(top, deps.heightPx * 0.03)),
    fromFrame: plan.fromFrame,
    toFrame: plan.toFrame,
  };
}

function boxFor(style: CaptionPlan["style"], { widthPx, heightPx }: CaptionDeps): TextBox {
  const shortSidePx = Math.min(widthPx, heightPx);
  const maxWidthPx = Math.min(widthPx * 0.82, heightPx * 1.15);
  const box = (heightPart: number, largest: number, smallest: number) => ({
    maxWidthPx,
    maxHeightPx: heightPx * heightPart,
    maxFontPx: shortSidePx * largest,
    minFontPx: shortSidePx * smallest,
  });
  switch (style) {
    case "title":
      return box(0.3, 0.125, 0.045);
    case "panel":
      return box(0.42, 0.068, 0.03);
    case "subtitle":
      return box(0.26, 0.052, 0.028);
  }
}

function drawPanel(style: CaptionPlan["style"], widthPx: number, heightPx: number, { fontPx }: TextLayout): Buffer {
  const raster = createRaster(widthPx, heightPx);
  if (style !== "title") {
    fillRounded(raster, fontPx * 0.5, [8, 10, 24], 0.56);
  } else {
    const barPx = Math.min(widthPx * 0.5, fontPx * 2.2);
    fillRect(raster, (widthPx - barPx) / 2, heightPx - fontPx * 0.2, barPx, fontPx * 0.09, [255, 214, 120], 1);
  }
  return encodePam(raster);
}

/** The words come from a file and are not expanded, so that nothing in them can be taken for a filter or a variable. */
function drawText(
  file: string,
  style: CaptionPlan["style"],
  { fontPx, lineHeightPx }: TextLayout,
  topPx: number,
  fontFile: string,
): string {
  const baselinePx = Math.round(topPx + lineHeightPx * 0.76);
  const edgePx = Math.max(1, Math.round(fontPx * (style === "title" ? 0.05 : 0.02)));
  const place = `x=(w-text_w)/2:y=${baselinePx}-max_glyph_a`;
  const look = `fontcolor=white:borderw=${edgePx}:bordercolor=black@0.5:shadowcolor=black@0.5:shadowx=${edgePx}:shadowy=${edgePx * 2}`;
  return `drawtext=fontfile=${fontFile}:textfile=${file}:expansion=none:fontsize=${fontPx}:${place}:${look}`;
}

function even(px: number): number {
  return Math.round(px / 2) * 2;
}
