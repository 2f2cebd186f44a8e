import { mediaInputOptions, runFfmpeg } from "./ffmpeg-run.ts";
import { fps } from "./shot.ts";
import type { Shot } from "./shot.ts";

export type JoinOptions = {
  ffmpegPath: string;
  cwd: string;
  signal: AbortSignal;
  pieces: string;
  music: string;
  shots: Shot[];
  outFile: string;
};

const clipFadeS = 0.15;

/** Joins the encoded scenes as they are and lays the music and the sound of the clips under them; `pieces` is a concat list. */
export async function joinPieces({
  ffmpegPath,
  cwd,
  signal,
  pieces,
  music,
  shots,
  outFile,
}: JoinOptions): Promise<void> {
  const inputs = ["-f", "concat", "-safe", "0", "-i", pieces, "-i", music];
  const filters: string[] = [];
  let startFrame = 0;
  for (const { content, frames } of shots) {
    if (content.kind === "video" && content.hasAudio) {
      inputs.push(
        ...mediaInputOptions,
        "-ss",
        String(content.startMs / 1000),
        "-t",
        String(frames / fps),
        "-i",
        `file:${content.path}`,
      );
      const fades = `afade=t=in:d=${clipFadeS},afade=t=out:st=${Math.max(0, frames / fps - clipFadeS)}:d=${clipFadeS}`;
      const delayMs = Math.round((startFrame * 1000) / fps);
      filters.push(
        `[${filters.length + 2}:a:0]aresample=44100,aformat=channel_layouts=stereo,${fades},adelay=${delayMs}:all=1[a${filters.length}]`,
      );
    }
    startFrame += frames;
  }
  const clipLabels = filters.map((_, index) => `[a${index}]`).join("");
  const mix = `[1:a]${clipLabels}amix=inputs=${filters.length + 1}:duration=first:normalize=0,alimiter=limit=0.95:level=0[a]`;
  const sound =
    filters.length === 0 ? ["-map", "1:a"] : ["-filter_complex", [...filters, mix].join(";"), "-map", "[a]"];
  const output = [
    "-map",
    "0:v",
    ...sound,
    "-c:v",
    "copy",
    "-c:a",
    "aac",
    "-b:a",
    "160k",
    "-movflags",
    "+faststart",
    outFile,
  ];
  await runFfmpeg({ ffmpegPath, args: [...inputs, ...output], cwd, signal });
}
