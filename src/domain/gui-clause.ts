import { englishInstruction, type Instruction } from "./gui-instruction-en.ts";
import { chineseInstruction } from "./gui-instruction-zh.ts";
import { hasHan, withoutQuoted } from "./sentence.ts";
import type { ReplyPart } from "./reply-part.ts";

/** Longer ones are no instructions: nobody would follow them. It keeps the work on any text in proportion to its length. */
const maxClauseChars = 300;
/** So many clauses before an instruction may set the scene for it: "When you like it, and want to share it, …". */
const maxSetting = 3;

/** Between clauses. White space is bounded, so that a long run of it takes linear time. */
const separator =
  /\s{0,3}[,;]\s{1,3}(?:(?:and|or|but|so|then|yet)\s{1,3}){0,2}|\s{1,3}(?:and|or|but|then)\s{1,3}(?:then\s{1,3})?(?!drop)|\s{1,3}so\s{1,3}(?=(?:just|please|simply|now|you|click|tap|open|drag|preview|check)\b)|\s{0,3}:[*_]{0,3}\s{1,3}|\s{0,3}—\s{0,3}|\s{1,3}[–-]{1,2}\s{1,3}|\s{0,3}\(\s{0,3}|\)[*_]{0,3}\s{0,3}|\s{0,3}[，；：（）～]\s{0,3}|[。！？!?]\s{0,3}/giu;
const endOfSentence = /[.!?。！？]+["'”’」』）)\]*_]*$/u;

type Clause = {
  from: number;
  to: number;
  /** What separates it from the one before it. */
  joint: string;
  /** Without marks of Markdown; quotations blotted out. */
  words: string;
  hasUrl: boolean;
  instruction: Instruction | null;
};

/**
 * The pieces of a sentence: what is told stays text, and each instruction, with what belongs to it, is an action.
 * The pieces together are the sentence, to the letter.
 */
export function clausesOf(sentence: string): ReplyPart[] {
  const masked = withoutQuoted(sentence);
  const clauses = splitIntoClauses(sentence, masked);
  judge(clauses);
  const parts: ReplyPart[] = [];
  let done = 0;
  for (let at = 0; at < clauses.length; at += 1) {
    const clause = clauses[at];
    if (clause?.instruction == null) continue;
    const first = clauses[settingOf(clauses, at, done)] ?? clause;
    const end = endOfInstruction(clauses, at);
    const last = clauses[end] ?? clause;
    if (first.from > done) parts.push({ kind: "text", text: sentence.slice(done, first.from) });
    const { action } = clause.instruction;
    parts.push({ kind: "action", action, instruction: sentence.slice(first.from, last.to) });
    done = last.to;
    at = end;
  }
  if (done < sentence.length) parts.push({ kind: "text", text: sentence.slice(done) });
  return parts;
}

function splitIntoClauses(sentence: string, masked: string): Clause[] {
  const body = masked.trimEnd();
  const end = body.length - (endOfSentence.exec(body.slice(-50))?.[0].length ?? 0);
  const clauses: Clause[] = [];
  let from = body.length - body.trimStart().length;
  let joint = "";
  const add = (to: number): void => {
    if (to <= from) return;
    const { words, original } = plainWords(masked.slice(from, to), sentence.slice(from, to));
    const isTooLong = to - from > maxClauseChars;
    const find = hasHan(words) || hasHan(original) ? chineseOrEnglish : englishInstruction;
    const hasUrl = /https?:/.test(original);
    clauses.push({ from, to, joint, words, hasUrl, instruction: isTooLong ? null : find(words, original) });
  };
  for (const found of masked.slice(0, end).matchAll(separator)) {
    if (found.index < from) continue;
    add(found.index);
    from = found.index + found[0].length;
    joint = found[0];
  }
  add(end);
  return clauses;
}

function chineseOrEnglish(words: string, original: string): Instruction | null {
  return chineseInstruction(words, original) ?? englishInstruction(words, original);
}

/** Both without marks of Markdown and what stands before the first word, and in step with each other. */
function plainWords(masked: string, text: string): { words: string; original: string } {
  let words = "";
  let original = "";
  for (const [at, char] of masked.split("").entries()) {
    if (/[*_~]/.test(char) || (words === "" && !/[\p{L}\p{N}\uE000]/u.test(char))) continue;
    words += char;
    original += text[at] ?? "";
  }
  return { words, original };
}

/** What people in the video do, or are told, is no instruction for the reader: "It shows how to open the panel, click Export, …" */
const ofOthers =
  /\b(?:how to|shows?|explains?|teach(?:es)?|tells?|asks?|invites?|reminds?|says?|encourages?|urges?|demonstrates?|walks? (?:you |viewers )?through|viewers?|users?|people|audience|customers?|narrator|voice-?over)\b|讲述|讲解|介绍|演示|展示|教程|引导|观众|用户/i;
const isMade = /\b(?:is|are|it['’]s)\s+(?:now\s+|all\s+)?(?:ready|done|complete|finished|set|rendered|live)\b/i;
/** "I'll add the title, then export it": the one who does it is not the reader. */
const ofMine =
  /\b(?:I|we)(?:['’](?:ll|d|m|re)|\s+(?:will|can|could|would|may|might|am|are|shall|plan|want|need))\b|\blet me(?! know)\b|\b(?:shall|should|can|could) (?:I|we)\b/i;
const announcesWords =
  /\b(?:captions?|titles?|subtitles?|says?|reads?|narration|script|lines?|voice-?over|call[- ]to[- ]action|cta|hook|slogan|headline|tagline|text|quote|scene(?: \d+)?|shot(?: \d+)?)\b[^,]{0,20}$|字幕|标题|文案|旁白|台词|镜头|场景|口播|标语|脚本|结尾|片尾|片头/i;

/** Whether the words of the video come after this and a colon: "The caption says". */
export function announcesWordsOfVideo(text: string): boolean {
  return announcesWords.test(text.slice(-maxClauseChars));
}

const byHand = /\b(?:click|tap|press|drag)|点击/i;

/** Takes back what only looks like an instruction, given what was said before it in the sentence. */
function judge(clauses: Clause[]): void {
  let othersDo = false;
  let iDo = false;
  let wordsOfVideo = false;
  for (const [at, clause] of clauses.entries()) {
    const before = clauses[at - 1];
    if (before !== undefined && before.instruction === null) {
      const { words } = before;
      const short = words.slice(-maxClauseChars);
      othersDo = (othersDo || ofOthers.test(short)) && !isMade.test(short);
      iDo ||= ofMine.test(short);
      wordsOfVideo ||= /[:：]/.test(clause.joint) && announcesWordsOfVideo(words);
    }
    const isBare = clause.instruction?.isAddressed === false;
    // Without a comma it goes on with what somebody else does: "People read the text and click the button".
    const runsOn = before !== undefined && before.instruction === null && /^\s+(?:and|or)\s/i.test(clause.joint);
    const isHeld = runsOn && !isRequest(before.words) && !isSetting(before.words);
    // "You can download it here: https://…" can be done without an editor.
    const isLink = !byHand.test(clause.words) && (clause.hasUrl || clauses[at + 1]?.hasUrl === true);
    const isLabel = /^\w+$/.test(clause.words) && /[:：]/.test(clauses[at + 1]?.joint ?? "");
    if (isLink || isLabel || wordsOfVideo || (isBare && (othersDo || iDo || isHeld))) clause.instruction = null;
  }
}

const setting =
  /^(?:(?:and|or|but|so|then|also|now)\s+)?(?:when(?:ever)?|once|if|after|before|as soon as|to|in order to|for|from|at|in|on|under|inside|near|next|first|second|third|finally|lastly|alternatively|otherwise|until|while|with|using|want|need|ready|happy|satisfied|done|like what|unless|depending)\b/i;
const label =
  /^(?:pro\s)?(?:tips?|notes?|hints?|next(?: steps?)?|reminder|(?:to\s)?(?:export|download|preview|reorder|edit)(?:ing)?(?:\s(?:it|your video|the video))?|export|preview|提示|小贴士|温馨提示|下一步|注意|导出|预览|下载)$/i;
const told = /\bI\b|\b(?:I|we)['’]|\b(?:has|have) been\b|\b(?:was|were)\b|已|我/;
const chineseSetting =
  /^(?:如果|若|如需|如要|要是|当|待|等|一旦|要|想|需要|为了|对.{0,12}满意|在.{0,15}(?:后|前|时|处|角)$)|(?:后|之后|以后|时|的话|前|满意|无误|没问题|好了|下一步|最后|右上角|左侧|右侧)$/u;

/** When, why or where to do it: it goes with the instruction that it comes before. */
function isSetting(words: string): boolean {
  if (words.length > maxClauseChars || told.test(words)) return false;
  if (label.test(words)) return true;
  return hasHan(words) ? words.length <= 40 && chineseSetting.test(words) : setting.test(words);
}

/** The first of the clauses that set the scene for the instruction at `at`. */
function settingOf(clauses: readonly Clause[], at: number, done: number): number {
  for (let first = at - 1; first >= Math.max(0, at - maxSetting); first -= 1) {
    const clause = clauses[first];
    if (clause === undefined || clause.from < done || clause.instruction !== null) return at;
    if (isSetting(clause.words)) return first;
    if (isStatement(clause.words) || hasHan(clause.words)) return at;
  }
  return at;
}

const requests =
  /^(?:(?:and|or|but|so|then|also|just|simply|please|otherwise|if not|you can|you could|always|feel free to|alternatively|either)\s+){0,4}(?:tell|let (?:me|us)|say|describe|ask|reply|type|write|give (?:me|us)|enjoy|send (?:me|us)|share (?:your )?(?:thoughts|feedback|ideas|it)|message|contact|note|remember|keep in mind|don['’]t (?:hesitate|worry)|request|thank|thanks|have fun|happy \w+|would|do you|shall|should|is|are|what|how|why|which|where|I)\b/i;

function isRequest(words: string): boolean {
  return requests.test(words);
}

const finite = String.raw`(?:is|are|was|were|has|have|had|will|can|could|should|would|may|might|must|do|does|did|plays?|runs?|lasts?|shows?|starts?|ends?|opens?|says?|reads?|fits?|keeps?|gives?|makes?|looks?|sounds?|stays?|comes?|goes|includes?|contains?|features?|needs?|works?|adds?|fades?|now)\b|['’](?:s|ll|ve|re|m|d)\s`;
const statement = new RegExp(
  String.raw`^(?:(?:and|or|but|so|then|also|of course|meanwhile)\s+)?(?:(?:I|we|it|that|there|they|he|she|here)['’](?:m|ve|ll|re|s|d)\b|(?:I|we|it|this|that|these|those|there|he|she|they|the|your|my|our|its|their|all|both|each|every\w*|some|no|one|an?|here|music|scene|\d+)\b.{0,80}?(?:\b${finite}))`,
  "i",
);

/** Says something of its own: has a subject and a verb, or asks for something that needs no editor. */
function isStatement(words: string): boolean {
  return isRequest(words) || statement.test(words);
}

/** What will come of it goes with the instruction: "Click Export and your video will be downloaded." */
const consequence =
  /^(?:(?:and|then)\s+)?(?:it|your|the|this|that|you)\b.{0,50}?\b(?:will|can|get|['’]ll)\b.{0,60}?\b(?:downloads?|downloaded|exports?|exported|saved?|render(?:ed|ing)?|start|begin|opens?|appear|plays?|ready|see|have|get|adjust|trim|change|edit|find|choose|select|pick)\b/i;
const chineseConsequence =
  /^(?:即可|就(?:可以?|能|会)|便[可能]|以便|从而|来|以|并|选择|下载|导出|保存|等待|然后(?:选择|下载|保存|等待)|再(?:选择|下载|保存)|进行|系统[将会]|(?:视频|文件)(?:就?会|将)|(?:可以?|能够?|也可以?)(?:下载|导出|保存|查看|微调|调整|编辑|修改|预览|分享|看到|重新|进行|对))/u;
const chineseRequest = /告诉我|描述|回复|发送|我[会将来可已帮再们]|让我|问我|联系|祝|谢谢|感谢|希望/u;

/** The last clause that belongs to the instruction at `at`. */
function endOfInstruction(clauses: readonly Clause[], at: number): number {
  let end = at;
  for (const [ahead, clause] of clauses.slice(at + 1, at + 1 + maxContinuations).entries()) {
    const next = clauses[at + ahead + 2];
    if (!isPurpose(clause) && (clause.instruction !== null || !goesOn(clause, next))) return end;
    end = at + ahead + 1;
  }
  return end;
}

/** An instruction with its list of things has at most so many clauses after the first. */
const maxContinuations = 20;

/** "Click Save so you can export it later." asks for one thing. */
function isPurpose({ words, joint }: Clause): boolean {
  return /^\s+so\s/i.test(joint) && /^you\b/i.test(words);
}

function goesOn({ words, joint }: Clause, next: Clause | undefined): boolean {
  if (words.length > maxClauseChars) return false;
  if (hasHan(words)) return !chineseRequest.test(words) && chineseConsequence.test(words);
  if (isRequest(words)) return false;
  const isNewStart = /;|—|–|-|\b(?:or|but|and|so)\b/i.test(joint);
  // "…, or if you want changes, just tell me": the condition belongs to what comes after it.
  if (isNewStart && isSetting(words) && next !== undefined && (isStatement(next.words) || next.instruction !== null))
    return false;
  if (/[;—]|\s[–-]/.test(joint)) return !isStatement(words) && !/^(?:no|yes)\b/i.test(words);
  return !statement.test(words) || consequence.test(words);
}
