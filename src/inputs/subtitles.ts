import { isSentenceEnd, joinLines } from "./joined-lines.ts";

const timeLine = /^(?:\d+:)?\d{1,2}:\d{1,2}[,.]\d{1,3}\s*-->/;
const cueNumber = /^\d+$/;
/** `<i>`, `</font>`, `{\an8}`: how the words look, not what they are. */
const tags = /<\/?[a-z][^<>]*>|\{\\[^{}]*\}/gi;
const newSpeaker = /^\s*[-–—]\s*\S/;

/**
 * The words of a subtitle file (SRT) in order: no numbers, times and tags. Cues that go on with a sentence are on its line. It is lenient,
 * since files in the wild lack numbers, blank lines or whole times, and a reader of the words needs none of them.
 */
export function spokenWords(text: string): string {
  const lines: string[] = [];
  let last = "";
  for (const cue of cuesOf(text)) {
    // Live captions repeat a cue while the next one comes in.
    if (cue.join("\n") === last) continue;
    last = cue.join("\n");
    for (const line of cue) {
      const before = lines.at(-1);
      if (before === undefined || isSentenceEnd(before) || newSpeaker.test(line)) lines.push(line);
      else lines[lines.length - 1] = joinLines(before, line);
    }
  }
  return lines.join("\n");
}

/** The lines of each cue, without tags; what comes before the first time line is no cue. */
function cuesOf(text: string): string[][] {
  const cues: string[][] = [];
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.replaceAll(tags, "").trim());
  for (const [index, line] of lines.entries()) {
    if (timeLine.test(line)) {
      cues.push([]);
      continue;
    }
    const isNumber = cueNumber.test(line) && timeLine.test(lines[index + 1] ?? "");
    if (!isNumber && line !== "") cues.at(-1)?.push(line);
  }
  return cues;
}
