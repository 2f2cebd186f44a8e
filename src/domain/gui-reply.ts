import { announcesWordsOfVideo, clausesOf } from "./gui-clause.ts";
import { actionOfControl } from "./gui-control.ts";
import { orderIn } from "./gui-instruction-en.ts";
import { chineseOrderIn } from "./gui-instruction-zh.ts";
import type { Language } from "./language.ts";
import { markerOf } from "./list-item.ts";
import { isAnnouncement, isOffer, passagesOf } from "./passage.ts";
import type { ActionPart, GuiAction, ReplyPart } from "./reply-part.ts";
import { replyText } from "./reply-text.ts";
import { hasHan } from "./sentence.ts";

/**
 * The backend believes that its user sits in front of an editor. What it says is turned into what an API client can use: what was
 * made stays text, and each instruction for the editor becomes an action. Text without such instructions is one part.
 */
export function guiReply(text: string): { parts: ReplyPart[] } {
  const parts: ReplyPart[] = [];
  for (const { sentences } of passagesOf(text)) {
    for (const part of partsOfPassage(sentences)) {
      const last = parts.at(-1);
      if (part.kind === "text" && last?.kind === "text") last.text += part.text;
      else parts.push(part);
    }
  }
  return { parts };
}

function partsOfPassage(sentences: string[]): ReplyPart[] {
  const [announcement = ""] = sentences;
  const isScript =
    announcesWordsOfVideo(announcement.trimEnd().replace(/[:：][*_]*$/u, "")) && !leadsToSteps.test(announcement);
  if (isScript && isAnnouncement(announcement)) return [{ kind: "text", text: sentences.join("") }];
  const judged = sentences.map((sentence) => ({ sentence, parts: partsOfSentence(sentence) }));
  const [first] = judged;
  if (first === undefined || judged.length === 1) return first?.parts ?? [];
  if (isOffer(first.sentence)) return judged.flatMap(({ parts }, at) => (at === 0 ? offered(first, judged[1]) : parts));
  const steps = isAnnouncement(first.sentence) ? judged.slice(1) : judged;
  let action = steps === judged ? null : announcedAction(first.sentence);
  for (const step of steps) {
    if (action !== null && followsUp.test(wordsOf(step.sentence))) step.parts = wholly(step.sentence, action);
    action = step.parts.find((part): part is ActionPart => part.kind === "action")?.action ?? null;
  }
  if (steps !== judged && leadsToSteps.test(first.sentence) && steps.every(({ parts }) => saysNothing(parts))) {
    const step = steps.flatMap(({ parts }) => parts).find((part) => part.kind === "action");
    if (step !== undefined) first.parts = wholly(first.sentence, step.action);
  }
  return judged.flatMap(({ parts }) => parts);
}

/** A sentence of its own, or an item of a list with its marker. */
function partsOfSentence(sentence: string): ReplyPart[] {
  const marker = markerOf(sentence);
  const parts = clausesOf(sentence.slice(marker.length));
  if (marker === "") return parts;
  const [label, instruction, ...rest] = parts;
  const isLabelled =
    label?.kind === "text" && labels.test(label.text) && instruction?.kind === "action" && saysNothing(rest);
  return isLabelled ? wholly(sentence, instruction.action) : [{ kind: "text", text: marker }, ...parts];
}

/** "**Reorder scenes:** ", before what is to be done for it. */
const labels = /^[^:：.]{1,40}[:：][*_]{0,3}\s*$/u;

/** "Want to keep it?" goes with the instruction that follows it, or stays without one. */
function offered(offer: Judged, answer: Judged | undefined): ReplyPart[] {
  const [next] = answer?.parts ?? [];
  return next?.kind === "action" && !otherwise.test(next.instruction)
    ? wholly(offer.sentence, next.action)
    : offer.parts;
}

/** Then it is for those who do not want what is offered. */
const otherwise = /^\W*(?:otherwise|if not|no\b)|^(?:否则|如果不|不然)/i;

type Judged = { sentence: string; parts: ReplyPart[] };

/** Steps that say nothing of an editor by themselves, and do after a step that does: "2. Choose MP4". */
const followsUp =
  /^(?:choose|select|pick|set|enter|wait|confirm|save|name|adjust|download|locate|go|hit)\b|^(?:your (?:video|file)|it|the (?:video|file|download)) will\b|^(?:选择|等待|确认|保存|设置|输入|下载|稍等|完成)/i;
/** What announces nothing but steps in an editor. */
const leadsToSteps =
  /^\W*(?:to|how to|here(?:['’]s| is| are)|next|what(?:['’]s| to do| you can do)|from here|now|you can|you could|follow|(?:next )?steps?|in the editor|(?:quick )?tips?|export\w*|preview\w*|options?)\b|^[^\p{L}]*(?:要|如需|如何|接下来|下一步|您可以|你可以|操作|导出|步骤|请按|您还可以|想|后续)/iu;

function announcedAction(announcement: string): GuiAction | null {
  const action = actionOfControl(announcement, "press");
  return leadsToSteps.test(announcement) && action !== "press" ? action : null;
}

function wordsOf(sentence: string): string {
  return sentence.slice(markerOf(sentence).length).replace(/^[^\p{L}]+/u, "");
}

/** The sentence as one action; its marker, end and white space stay text. */
function wholly(sentence: string, action: GuiAction): ReplyPart[] {
  const marker = markerOf(sentence);
  const instruction = sentence.slice(marker.length).trimEnd();
  const parts: ReplyPart[] = [
    { kind: "text", text: marker },
    { kind: "action", action, instruction },
    { kind: "text", text: sentence.slice(marker.length + instruction.length) },
  ];
  return parts.filter((part) => part.kind === "action" || part.text !== "");
}

function saysNothing(parts: ReplyPart[]): boolean {
  return parts.every(
    (part) => part.kind === "action" || !/[\p{L}\p{N}]/u.test(part.text.slice(markerOf(part.text).length)),
  );
}

/** The actions that a reply asks for, in its order, each once. */
export function actionsIn(parts: readonly ReplyPart[]): GuiAction[] {
  return [...new Set(parts.flatMap((part) => (part.kind === "action" ? [part.action] : [])))];
}

/**
 * The first edit that a reply wants done by dragging, as a message that can be sent to the backend; null where there is none.
 * Sending it costs credits. Files to be dragged in are no edit.
 */
export function editAskedFor(parts: readonly ReplyPart[], language?: Language): string | null {
  const edit = parts.find((part): part is ActionPart => part.kind === "action" && part.action === "edit");
  if (edit === undefined) return null;
  const words = edit.instruction.replaceAll(/[*_`]/g, "").trim();
  const isChinese = hasHan(words);
  const order = isChinese ? chineseOrderIn(words) : orderIn(words).replace(/^dragging( and dropping)?/i, dragging);
  const wish = isChinese ? order : order.charAt(0).toLowerCase() + order.slice(1);
  const end = /[.!?。！？]$/u.test(wish) ? "" : (language ?? (isChinese ? "zh" : "en")) === "zh" ? "。" : ".";
  return (language ?? (isChinese ? "zh" : "en")) === "zh"
    ? `请帮我完成：${wish}${end}`
    : `Please do this for me: ${wish}${end}`;
}

function dragging(_match: string, andDropping: string | undefined): string {
  return andDropping === undefined ? "drag" : "drag and drop";
}

/** What a reply says without its instructions, and what they asked for. Text without any comes back unchanged, to the letter. */
export function withoutGuiTalk(text: string): { text: string; actions: GuiAction[] } {
  const { parts } = guiReply(text);
  return { text: replyText(parts, {}), actions: actionsIn(parts) };
}
