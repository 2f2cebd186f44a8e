import { readFile, writeFile, access } from "node:fs/promises";
import { join } from "node:path";
import { decode } from "jpeg-js";
import { describe, expect, it } from "vitest";
import { createConverter } from "../../../src/inputs/converter.ts";
import { recogniseFile } from "../../../src/storage/file-kind.ts";
import { examples, inputFixture } from "../../support/conversions.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const converter = createConverter();

/** What a HEIC file becomes: its size, and the colours of its corners from the left upper one to the right lower one. */
async function convert(bytes: Buffer) {
  const folder = await tempFolder();
  const [path, target] = [join(folder, "upload"), join(folder, "picture.jpg")];
  await writeFile(path, bytes);
  const picture = await converter
    .jpegOf({ path, name: "my photo" }, target, new AbortController().signal)
    .catch(async (error: unknown) => {
      await expect(access(target)).rejects.toMatchObject({ code: "ENOENT" });
      throw error;
    });
  const jpeg = await readFile(target);
  expect(picture.bytes).toBe(jpeg.length);
  expect(await recogniseFile(target)).toMatchObject({ mime: "image/jpeg" });
  const { width, height, data } = decode(jpeg);
  expect({ widthPx: width, heightPx: height }).toEqual({ widthPx: picture.widthPx, heightPx: picture.heightPx });
  const colour = (x: number, y: number) =>
    [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)].map((value) => (value > 127 ? 1 : 0)).join("");
  const corners = [colour(2, 2), colour(width - 3, 2), colour(2, height - 3), colour(width - 3, height - 3)];
  return { width, height, corners: corners.map((rgb) => colourNames[rgb]).join(" ") };
}
const colourNames: Record<string, string> = {
  "100": "red",
  "010": "green",
  "001": "blue",
  "111": "white",
  "110": "yellow",
};

/** Writes a number over what lies so far behind a name in the file. */
function overwrite(bytes: Buffer, name: string, at: number, value: number, size: 2 | 4): Buffer {
  for (let from = bytes.indexOf(name); from !== -1; from = bytes.indexOf(name, from + 1)) {
    bytes.writeUIntBE(value, from + at, size);
  }
  return bytes;
}

describe("a HEIC picture", () => {
  it("becomes the same picture as JPG", async () => {
    const expected = { width: 48, height: 32, corners: "red green blue white" };
    expect(await convert(await inputFixture("quadrants.heic"))).toEqual(expected);
  });

  it("is turned as its file says", async () => {
    const expected = { width: 32, height: 48, corners: "blue red white green" };
    expect(await convert(await inputFixture("rotated.heic"))).toEqual(expected);
  });

  it("is the primary one where there are several, first or not", async () => {
    const bytes = await inputFixture("two-pictures.heic");
    expect(await convert(bytes)).toMatchObject({ width: 48, height: 32 });
    expect(await convert(overwrite(bytes, "pitm", 8, 3, 2))).toMatchObject({
      width: 64,
      height: 64,
      corners: /yellow/,
    });
  });

  it.each(["balloons", "sailing"])("such as the example %s has the size of the original", async (name) => {
    const { width, height } = await convert(await readFile(join(examples, `pictures/${name}.heic`)));
    expect(`${Math.min(width, height)} × ${Math.max(width, height)}`).toBe("1080 × 1350");
  });

  it.each([0.2, 0.5, 0.8, 0.95])("is refused when only %d of it is there", async (share) => {
    const whole = await readFile(join(examples, "pictures/sailing.heic"));
    await expect(convert(whole.subarray(0, Math.floor(whole.length * share)))).rejects.toMatchObject({
      code: "document_unreadable",
      detail: "my photo is damaged: it cannot be read as a HEIC picture.",
    });
  });

  it("is refused for the size that it declares, before it is decoded", async () => {
    const wide = overwrite(await inputFixture("quadrants.heic"), "ispe", 8, 10_000, 4);
    await expect(convert(overwrite(wide, "ispe", 12, 10_000, 4))).rejects.toMatchObject({
      code: "document_unreadable",
      detail: "my photo is 10,000 × 10,000 pixels large; a picture may have 50,000,000 in all.",
    });
  });

  it.each([
    ["nothing", ""],
    ["text", "hello"],
    ["a picture of another type", "\x89PNG\r\n\x1a\n"],
  ])("is refused when it is %s", async (_what, content) => {
    await expect(convert(Buffer.from(content, "latin1"))).rejects.toMatchObject({ code: "document_unreadable" });
  });
});
