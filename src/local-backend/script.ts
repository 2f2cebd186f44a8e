/**
 * What a message's text comes to: its heading, if it has one, and the words of each scene in order. `isTopic`: the text was an
 * instruction alone ("Make a video about credit cards"), and what it is about stands in for a script.
 */
export type Script = { heading: string | null; chunks: string[]; isTopic: boolean };

const longestSceneMs = 6000;
const shortestSceneMs = 2500;
const wrappedLineMinWidth = 50;
const headingMaxWidth = 44;

const instructionPatterns = [
  /^(?:please |can you |could you |i want you to |help me )*(?:turn|make|create|convert|generate|produce|build|transform)\b(?:[^.!?:\n]|[.:]\d){0,200}?\b(?:videos?|explainer|clips?|slideshow|reel|promo|mp4|movie|trailer|short)\b(?:[^.!?:\n]|[.:]\d)*(?:[.!:]+(?=\s|$)|$)\s*/iu,
  /^(?:please )?(?:add|put|use|apply|include)\b[^.!?\n]{0,80}\b(?:transitions?|music|captions?|subtitles|titles?|effects?|bgm|soundtrack)\b[^.!?\n]*[.!]?\s*/iu,
  /^(?:please )?(?:edit|trim|cut|combine|merge|stitch)\b[^.!?\n]{0,80}\b(?:clips?|photos?|pictures?|images?|footage|videos?)\b[^.!?\n]*[.!]?\s*/iu,
  /^(?:请|帮我|麻烦|你)*(?:把|将|用|为|给|根据|做|制作|生成|创建)(?:[^。！？\n：:]|:\d){0,80}(?:视频|短片|影片|宣传片|幻灯片)(?:[^。！？\n：:]|:\d)*[：:。！]*\s*/u,
  /^(?:请|帮我|麻烦|你)*(?:添加|加上|加|配上|配)[^。！？\n]{0,80}(?:转场|音乐|字幕|标题|特效)[^。！？\n]*[。！]?\s*/u,
];
const topicPatterns = [
  /\b(?:about|on|explaining|showing)\s+(.+?)[.!:]*$/iu,
  /关于(.+?)的?(?:视频|短片|影片|宣传片|幻灯片)/u,
];

/** Whole sentences that say how the video should come out, not what is in it. */
const outputWishPatterns = [
  /^(?:aspect ratio|ratio|画面比例|比例|尺寸)\s*(?:is|of|[:：为是])?\s*\d+\s*[:：x×]\s*\d+[.。]?$/iu,
  /^(?:background music|music|bgm|背景音乐|音乐|配乐)\s*[:：].{1,60}$/iu,
  /^(?:no music|without music|不要音乐|无音乐)[.。!！]?$/iu,
  /^(?:about|around|roughly|approximately|duration|length|时长|长度|大约|约)?[\s:：约]*\d+(?:\.\d+)?\s*(?:s|secs?|seconds?|mins?|minutes?|秒钟?|分钟)(?: long| in length|左右)?[.。]?$/iu,
  /^(?:these settings (?:count|win|apply)\b.{0,60}|.{0,12}以.{0,6}设置为准[。.]?)$/iu,
  /^(?:resolution|quality|format|style|分辨率|画质|格式|风格)\s*[:：]?\s*(?:\d{3,4}p|\d+\s*[x×]\s*\d+|high|medium|low|mp4|高|中|低)[^\s]{0,3}[.。]?$/iu,
];

/** Takes instructions and wishes about the output away and cuts the rest into the words of scenes, any language. */
export function readScript(text: string): Script {
  const blocks = readBlocks(text);
  const spoken = withoutInstructions(blocks)
    .map((block) => sentencesOf(block).filter((sentence) => !outputWishPatterns.some((wish) => wish.test(sentence))))
    .filter((sentences) => sentences.length > 0);
  if (spoken.length === 0) {
    const topic = topicOf(text);
    return { heading: null, chunks: topic === "" ? [] : [topic], isTopic: true };
  }
  const heading = spoken.length > 1 ? headingOf(spoken[0] ?? []) : null;
  const body = heading === null ? spoken : spoken.slice(1);
  return { heading, chunks: body.flatMap((sentences) => mergeShort(sentences.flatMap(splitLong))), isTopic: false };
}

/** How long it takes to read this on a screen: words of any language, as ICU finds them, or length for what has none. */
export function readingMs(text: string): number {
  const words = wordsOf(text).filter((word) => word.isWordLike === true).length;
  return 700 + 190 * Math.max(words, text.length / 16);
}

/** The first clause, or as many first words as fit; for names and titles. */
export function firstWords(text: string, maxWidth: number): string {
  const clause = /^.+?(?=[,.;:!?，。；：！？—…](?:\s|$|[^\d\s]))/u.exec(text)?.[0] ?? text.replace(/[.。!！]+$/u, "");
  if (widthOf(clause) <= maxWidth) return clause.trim();
  let kept = "";
  for (const { segment } of wordsOf(clause)) {
    if (widthOf(kept + segment) > maxWidth - 1) break;
    kept += segment;
  }
  return `${
    kept.trim() ||
    Array.from(clause)
      .slice(0, Math.floor(maxWidth / 2))
      .join("")
  }…`;
}

export function joinWords(head: string, tail: string): string {
  return isWide(head.slice(-1)) || isWide(tail.slice(0, 1)) ? head + tail : `${head} ${tail}`;
}

/** Lines as a writer means them: markdown marks off, hard-wrapped lines joined, empty lines gone. */
function readBlocks(text: string): string[] {
  const blocks: string[] = [];
  let isWrapped = false;
  for (const raw of text.split(/\r\n|[\r\n\u2028\u2029]/u)) {
    const line = raw
      .trim()
      .replace(/^(?:#{1,6}\s+|[-*•]\s+)/u, "")
      .replaceAll("**", "");
    const previous = blocks.at(-1);
    if (line !== "" && isWrapped && previous !== undefined) blocks[blocks.length - 1] = joinWords(previous, line);
    else if (line !== "") blocks.push(line);
    isWrapped = widthOf(line) >= wrappedLineMinWidth && !/[.!?。！？…:："”]$/u.test(line);
  }
  return blocks;
}

/** Instructions stand before the script or after it. */
function withoutInstructions(blocks: string[]): string[] {
  const [first = "", ...others] = blocks;
  const last = others.at(-1);
  const body = last !== undefined && withoutLeadingInstructions(last) === "" ? others.slice(0, -1) : others;
  return [withoutLeadingInstructions(first), ...body].filter((block) => block !== "");
}

function withoutLeadingInstructions(block: string): string {
  const pattern = instructionPatterns.find((candidate) => candidate.test(block));
  return pattern === undefined ? block : withoutLeadingInstructions(block.replace(pattern, ""));
}

function topicOf(text: string): string {
  const line = text.trim().replaceAll(/\s+/gu, " ");
  const topic = topicPatterns.map((pattern) => pattern.exec(line)?.[1]).find((found) => found !== undefined) ?? line;
  return topic.slice(0, 1).toUpperCase() + topic.slice(1);
}

function headingOf(sentences: string[]): string | null {
  const [line, ...more] = sentences;
  if (line === undefined || more.length > 0) return null;
  const named = /^(?:title|标题)\s*[:：]\s*(.+)$/iu.exec(line)?.[1];
  if (named !== undefined) return named;
  return widthOf(line) <= headingMaxWidth && !/[.!?,;。！？，；…]$/u.test(line) ? line : null;
}

function sentencesOf(block: string): string[] {
  const sentences = new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(block);
  return Array.from(sentences, ({ segment }) => segment.trim()).filter((sentence) => sentence !== "");
}

function wordsOf(text: string): Intl.SegmentData[] {
  return [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)];
}

function splitLong(sentence: string): string[] {
  if (readingMs(sentence) <= longestSceneMs) return [sentence];
  const at = cutPoint(sentence);
  return [sentence.slice(0, at).trim(), sentence.slice(at).trim()].filter((part) => part !== "").flatMap(splitLong);
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

/** Columns, as in a terminal: 2 for a Chinese, Japanese or Korean character. */
function widthOf(text: string): number {
  return Array.from(text).reduce((sum, char) => sum + (isWide(char) ? 2 : 1), 0);
}

function isWide(char: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u.test(char);
}
