import { spawn } from "node:child_process";
import { mediaInputOptions } from "./ffmpeg-run.ts";

export type ProbedMedia = {
  kind: "image" | "video" | "audio";
  durationMs: number | null;
  widthPx: number | null;
  heightPx: number | null;
  fps: number | null;
  hasAudio: boolean;
};

const probeTimeoutMs = 20_000;
const maxReportChars = 64_000;

/**
 * What kind of file this is and how it shows, sizes as seen after rotation. ffmpeg's own report is parsed, since it reads every
 * accepted type and the npm package brings no ffprobe. Throws when ffmpeg cannot read the file as media.
 */
export async function probeMedia(path: string, ffmpegPath: string): Promise<ProbedMedia> {
  const report = await inputReport(path, ffmpegPath);
  const format = /^Input #0, (\S+?), from/mu.exec(report)?.[1];
  const streams = [...report.matchAll(/^ +Stream #0:\d+.*?: (Video|Audio): .*$/gmu)].map(([line, type]) => ({
    line,
    type,
  }));
  const video = streams.find(({ line, type }) => type === "Video" && !line.includes("(attached pic)"));
  const hasAudio = streams.some(({ type }) => type === "Audio");
  if (format === undefined || (video === undefined && !hasAudio)) {
    throw new Error(`The file cannot be read as a picture, clip or sound: ${report.trim().split("\n").at(-1) ?? ""}`);
  }
  const durationMs = readDuration(report);
  if (video === undefined) return { kind: "audio", durationMs, widthPx: null, heightPx: null, fps: null, hasAudio };
  const [, width, height] = /, (\d{1,5})x(\d{1,5})\b/u.exec(video.line) ?? [];
  if (width === undefined || height === undefined) throw new Error("The file's picture has no size: it is damaged.");
  const isTurned = /displaymatrix: rotation of -?(?:90|270)\./u.test(report);
  const size = { widthPx: Number(isTurned ? height : width), heightPx: Number(isTurned ? width : height) };
  if (/^(?:image2|gif|\w+_pipe)$/u.test(format))
    return { kind: "image", durationMs: null, ...size, fps: null, hasAudio };
  const fps = /, ([\d.]+) fps/u.exec(video.line)?.[1];
  return { kind: "video", durationMs, ...size, fps: fps === undefined ? null : Number(fps), hasAudio };
}

function readDuration(report: string): number | null {
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/u.exec(report) ?? [];
  if (hours === undefined || minutes === undefined || seconds === undefined) return null;
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
}

/** ffmpeg without an output reports the input and ends with an error, as it is meant to here. */
function inputReport(path: string, ffmpegPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ["-hide_banner", "-nostdin", ...mediaInputOptions, "-i", `file:${path}`];
    const child = spawn(ffmpegPath, args, { stdio: ["ignore", "ignore", "pipe"], timeout: probeTimeoutMs });
    let report = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (report = (report + text).slice(0, maxReportChars)));
    child.on("error", reject);
    child.on("close", () => resolve(report));
  });
}
