import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { findFfmpeg } from "../../../src/local-backend/render/ffmpeg-path.ts";
import { probeMedia } from "../../../src/local-backend/render/probe.ts";
import { ffmpeg, testInputs } from "../../support/ffmpeg-sample.ts";
import { tempFolder } from "../../support/temp-folder.ts";

let ffmpegPath: string;
beforeAll(async () => {
  ffmpegPath = await findFfmpeg();
});

test.each(["a.jpg", "a.png", "a.gif", "a.webp"])("%s is a picture with its size", async (name) => {
  const path = join(await tempFolder(), name);
  await ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x284:duration=1:rate=1", "-frames:v", "1", path);
  expect(await probeMedia(path, ffmpegPath)).toMatchObject({
    kind: "image",
    widthPx: 160,
    heightPx: 284,
    durationMs: null,
  });
});

test.each(["a.mp4", "a.mov", "a.avi", "a.mkv"])("%s is a clip with its size, length and frame rate", async (name) => {
  const path = join(await tempFolder(), name);
  await ffmpeg(...testInputs(2), "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", path);
  const probed = await probeMedia(path, ffmpegPath);
  expect(probed).toMatchObject({ kind: "video", widthPx: 160, heightPx: 284, fps: 10, hasAudio: true });
  expect(Math.abs((probed.durationMs ?? 0) - 2000)).toBeLessThan(200);
});

test.each(["a.mp3", "a.wav", "a.m4a", "a.aac"])("%s is sound without a picture", async (name) => {
  const path = join(await tempFolder(), name);
  await ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:duration=2", path);
  const probed = await probeMedia(path, ffmpegPath);
  expect(probed).toMatchObject({ kind: "audio", widthPx: null, heightPx: null, fps: null });
  expect(Math.abs((probed.durationMs ?? 0) - 2000)).toBeLessThan(300);
});

test("a clip filmed upright has its size as it is seen", async () => {
  const dir = await tempFolder();
  await ffmpeg(...testInputs(1, "320x180"), "-c:v", "libx264", join(dir, "lying.mp4"));
  await ffmpeg("-display_rotation", "90", "-i", join(dir, "lying.mp4"), "-c", "copy", join(dir, "upright.mp4"));
  expect(await probeMedia(join(dir, "upright.mp4"), ffmpegPath)).toMatchObject({ widthPx: 180, heightPx: 320 });
});

test.each([
  ["text", "hello"],
  ["a playlist that names another file", "#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n"],
  ["a list of other files", "ffconcat version 1.0\nfile /etc/hostname\n"],
])("%s is refused as no media", async (_, content) => {
  const path = join(await tempFolder(), "a.mp4");
  await writeFile(path, content);
  await expect(probeMedia(path, ffmpegPath)).rejects.toThrow("cannot be read as a picture, clip or sound");
});

test("the ffmpeg that is found runs; a given one that cannot be used is refused with advice", async () => {
  const banner = await new Promise<string>((resolve) =>
    execFile(ffmpegPath, ["-version"], (_, stdout) => resolve(stdout)),
  );
  expect(banner).toMatch(/^ffmpeg version/u);
  await expect(findFfmpeg({ FFMPEG_PATH: "/bin/true" })).rejects.toThrow(
    /FFMPEG_PATH .*lacks libx264.*Install ffmpeg/u,
  );
});
