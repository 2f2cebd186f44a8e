import type { OutputWishes } from "./job-request.ts";

/** What a generate stage says to the backend: the instruction, the script, and the output wishes in words. */
export function messageText(
  script: string | null,
  instruction: string | null,
  output: OutputWishes,
  hasMedia: boolean,
): string {
  const request = instruction ?? (script === null ? mediaRequest(hasMedia) : null);
  return [request, script, wishesText(output)].filter((part) => part !== null && part !== "").join("\n\n");
}

function mediaRequest(hasMedia: boolean): string {
  return hasMedia ? "Make a video from the uploaded files, with transitions and music." : "Make a video.";
}

function wishesText({ aspect_ratio, resolution, duration_s, music }: OutputWishes): string {
  return [
    aspect_ratio && `Aspect ratio ${aspect_ratio}.`,
    resolution && `Resolution ${resolution}.`,
    duration_s && `About ${duration_s} seconds long.`,
    music && `Music: ${music}.`,
  ]
    .filter(Boolean)
    .join(" ");
}
