import { execFile } from "node:child_process";

/** What ffmpeg prints to its error output while it carries out the command, whether that succeeds or not. */
export function ffmpegReport(ffmpegPath: string, ...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(ffmpegPath, ["-hide_banner", "-nostdin", ...args], (_, __, stderr) => resolve(stderr));
  });
}

/** ffmpeg's description of a file and its streams. */
export function inputReport(ffmpegPath: string, path: string): Promise<string> {
  return ffmpegReport(ffmpegPath, "-i", path);
}
