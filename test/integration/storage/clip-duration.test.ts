import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { measureDurationMs } from "../../../src/storage/clip-duration.ts";
import { ffmpeg, makeMp4, testInputs } from "../../support/ffmpeg-sample.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const h264 = ["-c:v", "libx264", "-preset", "ultrafast"];

it.each([
  ["mp4", h264],
  ["mov", h264],
  ["mkv", h264],
  ["webm", ["-c:v", "libvpx", "-deadline", "realtime", "-an"]],
])("how long a clip lasts is read from its header: %s", async (extension, codecs) => {
  const path = join(await tempFolder(), `clip.${extension}`);
  await ffmpeg(...testInputs(2, "64x64"), ...codecs, path);
  expect(Math.abs(((await measureDurationMs(path)) ?? 0) - 2000)).toBeLessThan(100);
});

it.each([
  ["an AVI", async (path: string) => await ffmpeg(...testInputs(1, "64x64"), "-c:v", "mpeg4", "-f", "avi", path)],
  ["text", async (path: string) => await writeFile(path, "No clip.")],
  ["nothing", async (path: string) => await writeFile(path, "")],
  ["cut off before its index", async (path: string) => await cut(path)],
])("is not known of what is %s", async (_what, make) => {
  const path = join(await tempFolder(), "clip");
  await make(path);
  expect(await measureDurationMs(path)).toBeNull();
});

async function cut(path: string): Promise<void> {
  const whole = `${path}.mp4`;
  await ffmpeg(...testInputs(1, "64x64"), ...h264, whole);
  const bytes = await readFile(whole);
  await writeFile(path, bytes.subarray(0, bytes.indexOf("moov") - 4));
}

it("is not asked of an index that would fill the memory", async () => {
  const path = join(await tempFolder(), "clip.mp4");
  await makeMp4(path, 1);
  const bytes = await readFile(path);
  // Everything around the table of sample times, and the table itself, says that it is half a gigabyte longer, which is a hole.
  const moreBytes = 512 * 1024 ** 2;
  const table = bytes.indexOf("stts") - 4;
  for (const name of ["moov", "trak", "mdia", "minf", "stbl", "stts"]) {
    const at = bytes.indexOf(name) - 4;
    bytes.writeUInt32BE(bytes.readUInt32BE(at) + moreBytes, at);
  }
  const entries = bytes.readUInt32BE(table + 12);
  bytes.writeUInt32BE(entries + moreBytes / 8, table + 12);
  const end = table + 16 + entries * 8;
  const file = await open(path, "w");
  await file.write(bytes, 0, end, 0);
  await file.write(bytes, end, bytes.length - end, end + moreBytes);
  await file.close();
  const before = process.memoryUsage.rss();
  expect(await measureDurationMs(path)).toBeNull();
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 ** 2);
});
