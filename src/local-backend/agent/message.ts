import { readBlocks, type Block } from "../blocks.ts";
import { instructionOf, type Instruction } from "./instructions.ts";
import { promptOf } from "./topic.ts";

/** A message, parted into what it says to the editor, sentence by sentence, and what the audience is to see. */
export type Message = { toEditor: string[]; script: Block[] };

type Sentence = { text: string; instruction: Instruction | null };

const quoted = `"[^"\\n]*"|“[^”\\n]*”|「[^」\\n]*」|『[^』\\n]*』|《[^》\\n]*》`;
const withinSentence = `${quoted}|\\.(?=\\S)|(?<=\\d)\\s*[:：]\\s*(?=\\d)|(?<=titled?|headline|标题|標題|片名)\\s*[:：]\\s*(?=["“「『《])`;
const upToColon = new RegExp(`^(?:${withinSentence}|[^.!?。！？:：\\n])*[.!?。！？:：]*["”]?\\s*`, "iu");
const upToStop = new RegExp(`^(?:${withinSentence}|[^.!?。！？\\n])*[.!?。！？]*["”]?\\s*`, "iu");
/** No instruction is longer than this. */
const maxInstructionChars = 600;
const maxSentences = 400;

/**
 * Instructions stand before the script or after it, settings too; between them nothing is taken for one. A message that is
 * one sentence with wishes in it ("A calm sunset with soft music, 15 seconds") or nothing but "Make it punchy" is all for the editor.
 */
export function readMessage(text: string): Message {
  const blocks = readBlocks(text);
  const tail = takeTail(blocks, takeHead(blocks).toEditor.length > 0);
  const head = takeHead(tail.rest);
  const toEditor = [...head.toEditor, ...tail.toEditor];
  const [only, ...others] = head.rest;
  const isAlone = only?.kind === "text" && others.length === 0 && head.toEditor.length === 0;
  const isForEditor =
    isAlone &&
    (promptOf(only.text) !== null || sentencesIn(only.text).every(({ instruction }) => instruction !== null));
  return isForEditor ? { toEditor: [only.text, ...toEditor], script: [] } : { toEditor, script: head.rest };
}

type Taken = { toEditor: string[]; rest: Block[] };

function takeHead(blocks: Block[]): Taken {
  const toEditor: string[] = [];
  let isScriptNext = false;
  for (const [at, block] of blocks.entries()) {
    const isFirst = at === 0;
    if (isScriptNext && block.kind === "text") return { toEditor, rest: blocks.slice(at) };
    const sentences = block.kind === "text" ? sentencesIn(block.text) : itemAsSentence(block, toEditor);
    const count = leadingInstructions(sentences, { block, isFirst, isLast: at === blocks.length - 1 });
    toEditor.push(...sentences.slice(0, count).map(({ text }) => text.trim()));
    const left = textOf(sentences.slice(count));
    if (left !== "") return { toEditor, rest: [{ ...block, text: left }, ...blocks.slice(at + 1)] };
    isScriptNext ||= sentences.some(endsInColon);
  }
  return { toEditor, rest: [] };
}

/** Wishes may come as a list, straight after the order. */
function itemAsSentence({ kind, text }: Block, before: string[]): Sentence[] {
  const instruction = kind === "item" && before.length > 0 ? instructionOf(text) : null;
  return [{ text, instruction: instruction === "setting" || instruction === "bare" ? "setting" : null }];
}

/** How many sentences of a block, from its first, are for the editor. */
function leadingInstructions(
  sentences: Sentence[],
  { block, isFirst, isLast }: { block: Block; isFirst: boolean; isLast: boolean },
): number {
  const colon = sentences.findIndex(endsInColon);
  const firstOther = sentences.findIndex(
    (sentence, at) => sentence.instruction === null || (colon >= 0 && at > colon && !isCertain(sentence)),
  );
  const run = firstOther < 0 ? sentences : sentences.slice(0, firstOther);
  const isParagraph = block.endsParagraph && !isLast;
  if (run.some(isCertain)) {
    // A paragraph that begins and ends with instructions is nothing else.
    const isAllInstruction = isParagraph && colon < 0 && sentences.at(-1)?.instruction !== null;
    return isAllInstruction ? sentences.length : run.length;
  }
  return isParagraph && isFirst && firstOther < 0 && sentences[0]?.instruction === "manner" ? sentences.length : 0;
}

/** An order after the script has a line of its own, and is one only where none came before the script. */
function takeTail(blocks: Block[], isOrdered: boolean): Taken {
  const rest = [...blocks];
  const toEditor: string[] = [];
  for (let block = rest.at(-1); block?.kind === "text"; block = rest.at(-1)) {
    const sentences = sentencesIn(block.text);
    const isParagraph = rest.at(-2)?.endsParagraph ?? true;
    const count = trailingInstructions(sentences, { isParagraph, isOrdered });
    if (count === 0) break;
    const at = sentences.length - count;
    toEditor.unshift(...sentences.slice(at).map(({ text }) => text.trim()));
    rest.pop();
    const left = textOf(sentences.slice(0, at));
    if (left !== "") return { toEditor, rest: [...rest, { ...block, text: left }] };
  }
  return { toEditor, rest };
}

function trailingInstructions(
  sentences: Sentence[],
  { isParagraph, isOrdered }: { isParagraph: boolean; isOrdered: boolean },
): number {
  // The wish for music is in the caller's own words, which may be several sentences; it ends the paragraph of settings.
  const music = sentences.findIndex(({ text }) => /^(?:music|音乐)\s*[:：]/iu.test(text));
  const isOnlySettings = sentences.slice(0, music + 1).every(({ instruction }) => instruction === "setting");
  if (isParagraph && music >= 0 && isOnlySettings) return sentences.length;
  const lastOther = sentences.findLastIndex(({ instruction }) => instruction !== "setting" && instruction !== "bare");
  const run = sentences.slice(lastOther + 1);
  const isBareParagraph = isOrdered && isParagraph && run.length === sentences.length;
  if (isBareParagraph || run.some(isCertain)) return run.length;
  const isOrder = sentences[0]?.instruction === "order" && sentences.every(({ instruction }) => instruction !== null);
  return isOrder && !isOrdered ? sentences.length : 0;
}

function endsInColon({ text }: Sentence): boolean {
  return /[:：]\s*$/u.test(text);
}

function isCertain({ instruction }: Sentence): boolean {
  return instruction === "order" || instruction === "setting";
}

/** A setting may have a colon in it; after the colon of anything else the script may begin. */
function sentencesIn(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  let rest = text;
  while (rest !== "" && sentences.length < maxSentences) {
    const statement = upToStop.exec(rest.slice(0, maxInstructionChars))?.[0] ?? "";
    const isSetting = instructionOf(statement) === "setting";
    const taken = isSetting ? statement : (upToColon.exec(rest.slice(0, maxInstructionChars))?.[0] ?? "");
    if (taken === "") break;
    sentences.push({ text: taken, instruction: isSetting ? "setting" : instructionOf(taken) });
    rest = rest.slice(taken.length);
  }
  return rest === "" ? sentences : [...sentences, { text: rest, instruction: null }];
}

function textOf(sentences: Sentence[]): string {
  return sentences
    .map(({ text }) => text)
    .join("")
    .trim();
}
