/** A picture in memory, 8 bits each of red, green, blue and alpha; drawing is cut off at its edges. */
export type Raster = { widthPx: number; heightPx: number; rgba: Uint8ClampedArray };
export type Color = readonly [red: number, green: number, blue: number];

export function createRaster(widthPx: number, heightPx: number): Raster {
  return { widthPx, heightPx, rgba: new Uint8ClampedArray(widthPx * heightPx * 4) };
}

/** As a PAM file, which ffmpeg reads and nothing needs to compress. */
export function encodePam({ widthPx, heightPx, rgba }: Raster): Buffer {
  const header = `P7\nWIDTH ${widthPx}\nHEIGHT ${heightPx}\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n`;
  return Buffer.concat([Buffer.from(header, "latin1"), new Uint8Array(rgba.buffer)]);
}

/** Everything from `topOf(x)` down, darkening towards the bottom. */
export function fillBelow(raster: Raster, topOf: (x: number) => number, [red, green, blue]: Color): void {
  for (let x = 0; x < raster.widthPx; x++) {
    const top = topOf(x);
    const firstRow = Math.max(0, Math.floor(top));
    for (let y = firstRow; y < raster.heightPx; y++) {
      const shade = 1 - (0.45 * (y - top)) / raster.heightPx;
      const at = (y * raster.widthPx + x) * 4;
      raster.rgba[at] = red * shade;
      raster.rgba[at + 1] = green * shade;
      raster.rgba[at + 2] = blue * shade;
      raster.rgba[at + 3] = y === firstRow ? 255 * (firstRow + 1 - Math.max(top, 0)) : 255;
    }
  }
}

export function fillRect(
  raster: Raster,
  x: number,
  y: number,
  widthPx: number,
  heightPx: number,
  color: Color,
  alpha: number,
): void {
  const [left, top] = [Math.round(x), Math.round(y)];
  const right = Math.min(raster.widthPx, Math.round(x + widthPx));
  const bottom = Math.min(raster.heightPx, Math.round(y + heightPx));
  for (let row = Math.max(0, top); row < bottom; row++) {
    for (let column = Math.max(0, left); column < right; column++) blend(raster, column, row, color, alpha);
  }
}

/** A disc; `softness` is the part of the radius over which its edge fades out. */
export function fillDisc(
  raster: Raster,
  disc: { x: number; y: number; radiusPx: number; softness: number },
  color: Color,
  alpha: number,
): void {
  const { x, y, radiusPx, softness } = disc;
  const edgePx = Math.max(1, radiusPx * softness);
  for (
    let row = Math.max(0, Math.floor(y - radiusPx));
    row <= Math.min(raster.heightPx - 1, Math.ceil(y + radiusPx));
    row++
  ) {
    for (
      let column = Math.max(0, Math.floor(x - radiusPx));
      column <= Math.min(raster.widthPx - 1, Math.ceil(x + radiusPx));
      column++
    ) {
      const insidePx = radiusPx + 0.5 - Math.hypot(column - x, row - y);
      if (insidePx > 0) blend(raster, column, row, color, alpha * Math.min(1, insidePx / edgePx));
    }
  }
}

/** The whole picture as a rectangle with round corners. */
export function fillRounded(raster: Raster, radiusPx: number, color: Color, alpha: number): void {
  const { widthPx, heightPx } = raster;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const dx = Math.max(radiusPx - x - 0.5, x + 0.5 - (widthPx - radiusPx), 0);
      const dy = Math.max(radiusPx - y - 0.5, y + 0.5 - (heightPx - radiusPx), 0);
      const coverage = Math.min(1, Math.max(0, radiusPx - Math.hypot(dx, dy) + 0.5));
      if (coverage > 0) blend(raster, x, y, color, alpha * coverage);
    }
  }
}

function blend({ widthPx, rgba }: Raster, x: number, y: number, [red, green, blue]: Color, alpha: number): void {
  const at = (y * widthPx + x) * 4;
  const below = ((rgba[at + 3] ?? 0) / 255) * (1 - alpha);
  const total = alpha + below;
  if (total === 0) return;
  rgba[at] = (red * alpha + (rgba[at] ?? 0) * below) / total;
  rgba[at + 1] = (green * alpha + (rgba[at + 1] ?? 0) * below) / total;
  rgba[at + 2] = (blue * alpha + (rgba[at + 2] ?? 0) * below) / total;
  rgba[at + 3] = total * 255;
}
