import type { Block } from "./blocks.ts";
import { joinWords, readingMs, sentencesOf, widthOf, wordsOf } from "./reading.ts";

/** A script's heading, if it has one, and the words of each scene in order. */
export type Script = { heading: string | null; chunks: string[] };

const longestSceneMs = 6000;
const shortestSceneMs = 2500;
/** One picture may be looked at for so long with one sentence. */
const longestPictureMs = 12_000;
const headingMaxWidth = 44;
/** More sentences than this are not brought down to the number of pictures. */
const mostMatched = 200;

/**
 * Cuts a script into the words of scenes, in any language. An item of a list and a row of a table are scenes of their own.
 * Where there are pictures enough, each sentence is kept whole for one of them; where there are not, short ones are put together.
 */
export function readScript(blocks: Block[], pictureCount: number): Script {
  const heading = headingOf(blocks);
  const body = heading === null ? blocks : blocks.slice(1);
  const units = body.map(unitsOf);
  const count = units.flat().length;
  if (count <= pictureCount)
    return { heading, chunks: units.flat().flatMap((unit) => splitLong(unit, longestPictureMs)) };
  const short = units.map((unit) => unit.flatMap((sentence) => splitLong(sentence, longestSceneMs)));
  const isMatched = pictureCount > 0 && count <= mostMatched;
  return { heading, chunks: isMatched ? mergeDown(short, pictureCount) : short.flatMap(mergeShort) };
}

/** The first line, if it reads like one. */
function headingOf([first, ...others]: Block[]): string | null {
  if (first?.kind !== "text" || others.length === 0) return null;
  const isOne = widthOf(first.text) <= headingMaxWidth && !/[.!?,;:。！？，；：…]$/u.test(first.text);
  return isOne && sentencesOf(first.text).length === 1 ? first.text : null;
}

function unitsOf({ kind, text }: Block): string[] {
  return kind !== "text" && readingMs(text) <= longestSceneMs ? [text] : sentencesOf(text).reduce(withNumber, []);
}

/** "1. Boil water." is two sentences to ICU. */
function withNumber(sentences: string[], sentence: string): string[] {
  const [only, ...others] = sentences;
  const isNumber = only !== undefined && others.length === 0 && /^\(?\d{1,2}[.)]$/u.test(only);
  return isNumber ? [`${only} ${sentence}`] : [...sentences, sentence];
}

function splitLong(sentence: string, longestMs: number): string[] {
  if (readingMs(sentence) <= longestMs) return [sentence];
  const at = cutPoint(sentence);
  return [sentence.slice(0, at).trim(), sentence.slice(at).trim()]
    .filter((part) => part !== "")
    .flatMap((part) => splitLong(part, longestMs));
}

/** Near the middle: after a clause where there is one in the middle half, else between words, else anywhere. */
function cutPoint(sentence: string): number {
  const middle = sentence.length / 2;
  const nearest = (points: number[]) => points.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  const clauses = Array.from(sentence.matchAll(/[,;:](?=\s)|[，；：、—]/gu), (match) => match.index + 1);
  const inMiddleHalf = clauses.filter((at) => at > middle / 2 && at < middle * 1.5);
  const words = wordsOf(sentence).filter((word) => word.isWordLike === true && word.index > 0);
  const anywhere = Array.from(sentence)
    .slice(0, Math.ceil(middle / 2))
    .join("").length;
  return nearest(inMiddleHalf) ?? nearest(words.map((word) => word.index)) ?? anywhere;
}

function mergeShort(chunks: string[]): string[] {
  const merged: string[] = [];
  for (const chunk of chunks) {
    const previous = merged.at(-1);
    const joined = previous === undefined ? chunk : joinWords(previous, chunk);
    const isShort = previous !== undefined && Math.min(readingMs(previous), readingMs(chunk)) < shortestSceneMs;
    if (isShort && readingMs(joined) <= longestSceneMs) merged[merged.length - 1] = joined;
    else merged.push(chunk);
  }
  return merged;
}

/** Joins the neighbours within a block that are shortest together, until no more than `maxCount` are left or none can be joined. */
function mergeDown(units: string[][], maxCount: number): string[] {
  const chunks = units.flatMap((unit, block) => unit.map((text) => ({ text, block, ms: readingMs(text) })));
  while (chunks.length > maxCount) {
    let best = { at: -1, ms: longestSceneMs };
    for (const [at, chunk] of chunks.entries()) {
      const next = chunks[at + 1];
      const ms = next?.block === chunk.block ? chunk.ms + next.ms : Infinity;
      if (ms <= best.ms) best = { at, ms };
    }
    const [first, second] = chunks.slice(best.at, best.at + 2);
    if (best.at < 0 || first === undefined || second === undefined) break;
    chunks.splice(best.at, 2, { ...first, text: joinWords(first.text, second.text), ms: best.ms });
  }
  return chunks.map(({ text }) => text);
}
