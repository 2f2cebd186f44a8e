import { spawn } from "node:child_process";

const maxStderrChars = 8000;
const idleTimeoutMs = 60_000;
/** Uploaded files are opened by ffmpeg: none may make it read a playlist, another file or an address. */
export const mediaInputOptions = [
  "-protocol_whitelist",
  "file",
  "-format_whitelist",
  "mov,mp4,matroska,webm,avi,gif,image2,jpeg_pipe,png_pipe,webp_pipe,gif_pipe,mp3,wav,aac",
];

export type FfmpegRun = {
  ffmpegPath: string;
  args: string[];
  cwd: string;
  signal: AbortSignal;
  /** Called with the number of frames written so far. */
  onFrames?: (frames: number) => void;
};

/**
 * Runs ffmpeg to its end. Rejects with the end of its error output, or with the signal's reason once it is aborted; by then the
 * process is gone. A process that shows no progress for a minute is killed.
 */
export function runFfmpeg({ ffmpegPath, args, cwd, signal, onFrames }: FfmpegRun): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const fixed = ["-hide_banner", "-nostdin", "-v", "error", "-y", "-progress", "pipe:1"];
    const child = spawn(ffmpegPath, [...fixed, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const kill = () => child.kill("SIGKILL");
    let isIdle = false;
    const idleTimer = setTimeout(() => {
      isIdle = true;
      kill();
    }, idleTimeoutMs);
    let stderr = "";
    let failure: Error | null = null;
    signal.addEventListener("abort", kill, { once: true });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-maxStderrChars)));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      idleTimer.refresh();
      const frames = [...text.matchAll(/^frame=\s*(\d+)/gmu)].at(-1)?.[1];
      if (frames !== undefined) onFrames?.(Number(frames));
    });
    child.on("error", (error) => (failure = error));
    child.on("close", (code) => {
      clearTimeout(idleTimer);
      signal.removeEventListener("abort", kill);
      if (signal.aborted) reject(signal.reason);
      else if (failure !== null) reject(failure);
      else if (code === 0) resolve();
      else
        reject(
          new Error(
            `ffmpeg ${isIdle ? `made no progress for ${idleTimeoutMs / 1000} s` : `ended with ${code}`}: ${stderr.trim()}`,
          ),
        );
    });
  });
}
