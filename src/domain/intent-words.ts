import { lexicon, results, type Concept } from "./intent-lexicon.ts";
import { smallWords } from "./intent-small-words.ts";

export type Word = { readonly text: string; readonly concepts: readonly Concept[] };

/** Traditional characters of the lexicon, each before its simplified form. Not a converter: it only has to know short requests. */
const traditionalForms =
  "匯汇導导載载輸输積积餘余額额狀状態态傳传視视頻频檔档軌轨時时間间線线軸轴點点數数還还幾几請请幫帮給给發发這这個个麼么嗎吗進进煩烦現现畫画質质" +
  "謝谢將将對对說说們们夠够帳帐賬账戶户電电腦脑處处結结開开樣样詢询顯显裡里裏里項项沒没來来後后圖图況况內内會会號号連连鏈链儲储寫写應应當当選选" +
  "檢检動动長长條条總总種种類类層层紀纪變变輯辑製制經经過过邊边兩两從从囉啰嘍喽聲声樂乐畢毕專专預预覽览單单運运無无轉转盡尽儘尽讓让馬马剛刚準准" +
  "備备錄录問问題题東东訊讯為为與与稱称張张課课雲云盤盘絡络網网報报確确認认體体筆笔辦办誰谁並并達达遠远傢家鐘钟離离穩稳階阶級级複复雜杂標标語语" +
  "機机鏡镜頭头顆颗";
const simplified = new Map(Array.from(traditionalForms.matchAll(/(.)(.)/gu), ([, from = "", to = ""]) => [from, to]));

const contractions: readonly (readonly [RegExp, string])[] = [
  [/\bcan'?t\b|\bcannot\b/g, "can not"],
  [/\bwon't\b/g, "will not"],
  [/n't\b/g, " not"],
  [/'s\b/g, " is"],
  [/'re\b/g, " are"],
  [/'ve\b/g, " have"],
  [/'d\b/g, " would"],
  [/'ll\b/g, " will"],
  [/'m\b/g, " am"],
  [/\b(what|how|where|that)s\b/g, "$1 is"],
  [/\b(do|does|did|is|are|has|have)nt\b/g, "$1 not"],
  [/\bim\b/g, "i am"],
  [/\bive\b/g, "i have"],
];

/** The words on which a request hangs: slips of the keyboard in them are mended. */
const keyWords = [
  "export",
  "download",
  "credits",
  "balance",
  "status",
  "progress",
  "timeline",
  "tracks",
  "upload",
  "video",
].concat(["please", "remaining", "length", "duration", "finished", "render"]);
/** Look like such a slip, and are words of their own. */
const lookalikes = new Set(["credit", "balanced", "tacks", "racks", "renders", "pleas", "unload"]);
const misspellings = new Map([
  ["vedio", "video"],
  ["balence", "balance"],
  ["ballence", "balance"],
  ["donwload", "download"],
  ["finsihed", "finished"],
  ["teh", "the"],
  ["u", "you"],
  ["ur", "your"],
  ["r", "are"],
]);

const resolution = /^(?:\d{3,4}p|1080|720|480|2160|1440|[248]k|\d{2,3}fps)$/;
/** Straight single quotes also stand for apostrophes, so they must enclose something. */
const quoted = /["“”„«»「」『』《》〈〉`]|(?:^|\s)'[^']+'(?=[\s.,!?]|$)/u;

const vocabulary = new Map<string, Concept[]>();
const lists = { ...smallWords, ...lexicon };
const isListed = (name: string): name is keyof typeof lists => name in lists;
for (const concept of Object.keys(lists).filter(isListed)) learn(lists[concept], concept);
for (const verb of results.verbs.split(",")) {
  learn(results.ready.replaceAll(/(?<=^|,)\s*/g, verb), "ready");
  learn(results.busy.replaceAll(/(?=,|$)/g, verb), "busy");
  learn(results.status.replaceAll(/(?<=^|,)\s*/g, verb), "status");
}
const longestPhrase = Math.max(...Array.from(vocabulary.keys(), (phrase) => phrase.split(" ").length));

function learn(phrases: string, concept: Concept): void {
  for (const phrase of phrases.split(",")) {
    const key = tokensOf(phrase).join(" ");
    vocabulary.set(key, [...(vocabulary.get(key) ?? []), concept]);
  }
}

/** One script, one case, no contractions. */
export function plainText(text: string): string {
  // "plsss": three of a letter are never spelling.
  const folded = text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[’‘´]/g, "'")
    .replaceAll(/([a-z])\1{2,}/g, "$1");
  const plain = folded.replaceAll(/\p{Script=Han}/gu, (character) => simplified.get(character) ?? character);
  return contractions.reduce((soFar, [pattern, full]) => soFar.replaceAll(pattern, full), plain);
}

/** Without the quotes around the whole of a text. */
export function unquoted(text: string): string {
  return /^["“「『'](.*)["”」』']$/s.exec(text)?.[1] ?? text;
}

/** Whether a part of a plain text is in quotes. */
export function hasQuotedPart(text: string): boolean {
  return quoted.test(text);
}

/** The words and phrases of plain text; those without concepts are unknown. Marks and emoji say nothing, and are dropped. */
export function wordsOf(text: string): Word[] {
  const tokens = tokensOf(text).map(mended);
  const words: Word[] = [];
  for (let at = 0; at < tokens.length;) {
    const { word, length } = phraseAt(tokens, at);
    words.push(word);
    at += length;
  }
  return words;
}

/** Chinese characters one by one, all else by words. */
function tokensOf(text: string): string[] {
  return text.match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}\p{M}])+/gu) ?? [];
}

function phraseAt(tokens: readonly string[], at: number): { word: Word; length: number } {
  for (let length = Math.min(longestPhrase, tokens.length - at); length > 0; length--) {
    const text = tokens.slice(at, at + length).join(" ");
    const concepts = vocabulary.get(text);
    if (concepts !== undefined) return { word: { text, concepts }, length };
  }
  const text = tokens[at] ?? "";
  return {
    word: { text, concepts: resolution.test(text) ? ["output"] : /^\d{1,2}$/.test(text) ? ["number"] : [] },
    length: 1,
  };
}

function mended(token: string): string {
  if (token.length < 5 || vocabulary.has(token) || lookalikes.has(token)) return misspellings.get(token) ?? token;
  return misspellings.get(token) ?? keyWords.find((word) => isSlip(token, word)) ?? token;
}

/** One letter missing, one too many, or two neighbours swapped. No wrong letter: "expert" and "statue" are words. */
function isSlip(typed: string, word: string): boolean {
  const differs = Array.from(word).findIndex((letter, index) => typed[index] !== letter);
  const at = differs === -1 ? word.length : differs;
  const swapped = (word[at + 1] ?? "") + (word[at] ?? "") + word.slice(at + 2);
  return [word.slice(at + 1), typed.slice(at, at + 1) + word.slice(at), swapped].includes(typed.slice(at));
}
