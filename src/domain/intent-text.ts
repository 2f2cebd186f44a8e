import { formatNames } from "./media-type.ts";

/** Traditional characters of short requests, each before its simplified form. Not a converter. */
const traditionalForms =
  "匯汇導导載载輸输積积餘余額额狀状態态傳传視视頻频檔档軌轨時时間间線线軸轴點点數数還还幾几請请幫帮給给發发這这個个麼么嗎吗進进煩烦現现畫画質质" +
  "謝谢將将對对說说們们夠够帳帐賬账戶户電电腦脑處处結结開开樣样詢询顯显裡里裏里項项沒没來来後后圖图況况內内會会號号連连鏈链儲储寫写應应當当選选" +
  "檢检動动長长條条總总種种類类層层紀纪變变輯辑製制經经過过邊边兩两從从囉啰嘍喽聲声樂乐畢毕專专預预覽览單单運运無无轉转盡尽儘尽讓让馬马剛刚準准" +
  "備备錄录問问題题東东訊讯為为與与稱称張张課课雲云盤盘絡络網网報报確确認认體体筆笔辦办誰谁並并達达遠远傢家鐘钟離离穩稳階阶級级複复雜杂標标語语" +
  "機机鏡镜頭头顆颗換换調调縮缩減减靜静濾滤顏颜關关紹绍講讲釋释廣广產产業业錢钱買买費费員员歲岁禮礼學学師师闆板親亲愛爱壞坏錯错漲涨" +
  "終终彙汇屬属圍围臺台灣湾親亲試试飛飞區区場场風风較较難难簡简蓋盖優优夾夹鎖锁註注冊册據据麵面尋寻該该趕赶緊紧掛挂擋挡";
const simplified = new Map(Array.from(traditionalForms.matchAll(/(.)(.)/gu), ([, from = "", to = ""]) => [from, to]));

const contractions: readonly (readonly [RegExp, string])[] = [
  [/\b(do|does|did|is|are|was|has|have|could|would|should)n'?t\b/g, "$1 not"],
  [/\bca(?:n'?t|n ?not)\b/g, "can not"],
  [/\bwo(?:n't|nt)\b/g, "will not"],
  [/\blet's\b|\blets\b/g, "let us"],
  [/\b(it|he|she|that|this|there|here|what|where|how|who|when|why|everything|something)'s\b/g, "$1 is"],
  // "The video's ready", "grandma's video".
  [/'s\b/g, " s"],
  [/'re\b/g, " are"],
  [/'ve\b/g, " have"],
  [/'d\b/g, " would"],
  [/'ll\b/g, " will"],
  [/'m\b/g, " am"],
  [/\b(what|how|where|that|here|there)s\b/g, "$1 is"],
  [/\bim\b/g, "i am"],
  [/\bive\b/g, "i have"],
];

/** The words on which a request hangs: slips of the keyboard in them are mended. */
const keyWords = [
  "export download credits balance status progress timeline tracks upload video please remaining length duration finished render",
].flatMap((words) => words.split(" "));
/** Look like such a slip, and are words of their own. */
const lookalikes = new Set(
  "credit balanced balances tacks racks renders rendered pleas unload exports exporting downloads videos uploads".split(
    " ",
  ),
);
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
  ["pls", "please"],
  ["plz", "please"],
  ["lemme", "let me"],
  ["gimme", "give me"],
]);

/** What is quoted, with the marks around it. Straight single quotes also stand for apostrophes, so they must enclose something. */
const quoted =
  /["“”„][^"“”„]*["“”]|«[^«»]*»|[「『][^」』]*[」』]|[《〈][^》〉]*[》〉]|`[^`]*`|(?<=^|\s)'[^']+'(?=[\s.,!?]|$)/gu;

/** Unlike in prose, marks may stand without a space after them: "好了吗?发我". A full stop needs one. */
const sentenceEnd = /(?<=[!?。;\n…])|(?<=\.)(?=\s)/;
const clauseEnd = /[,、()—–~]|(?<!\d):|:(?!\d)|\s-+\s|(?<=\p{Script=Han})\s+(?=\p{Script=Han})/u;

const endings = [...formatNames, "jpeg"].join("|");
/** A file's name is no request, whatever it says. In Chinese only a mark tells where one begins: `导出_最终版2.mp4`. */
const fileName = new RegExp(
  String.raw`(?:(?<![\p{L}\p{N}])\p{Script=Han}+[_-][\p{L}\p{N}_-]*|[\w-]+)\.(?:${endings})(?!\w)`,
  "gu",
);

/** One script, one case, no contractions, no slips; in place of addresses, files' names and what is quoted, which are content, what they are. */
export function plainText(text: string): string {
  // "plsss": three of a letter are never spelling.
  const folded = text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[’‘´]/g, "'")
    .replaceAll(/([a-z])\1{2,}/g, "$1")
    .replaceAll(/https?:\/\/\S+/g, " weblink ")
    .replaceAll(quoted, " quotation ")
    .replaceAll(fileName, " filename ");
  const plain = folded.replaceAll(/\p{Script=Han}/gu, (character) => simplified.get(character) ?? character);
  const full = contractions.reduce((soFar, [pattern, whole]) => soFar.replaceAll(pattern, whole), plain);
  return full.replaceAll(/[a-z]+/g, mended);
}

/** Without the quotes around the whole of a text. */
export function unquoted(text: string): string {
  return /^["“「『']([^"“”「」『』]*)["”」』']$/.exec(text)?.[1] ?? text;
}

/**
 * The clauses of a plain text, each with one space between words, none between Chinese characters, and " ?" at its end where something is
 * asked. Emoji and other marks say nothing, and are dropped.
 */
export function clausesOf(text: string): string[] {
  return text.split(sentenceEnd).flatMap((sentence) => {
    const clauses = sentence
      .split(clauseEnd)
      .map(wordsOf)
      .filter((words) => words !== "");
    // A question mark is for the last clause: "It is not finished, or is it?"
    return clauses.map((words, at) => {
      return at === clauses.length - 1 && sentence.includes("?") ? `${words} ?` : words;
    });
  });
}

function wordsOf(clause: string): string {
  const words = clause.match(/[\p{L}\p{N}\p{M}]+(?::\d+)?/gu) ?? [];
  const joined = words.join(" ").replaceAll(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, "");
  return joined.replace(/^(?:然后|接着|并且)/, "");
}

function mended(word: string): string {
  if (word.length < 5 || lookalikes.has(word)) return misspellings.get(word) ?? word;
  return misspellings.get(word) ?? keyWords.find((known) => isSlip(word, known)) ?? word;
}

/** One letter missing, one too many, or two neighbours swapped. No wrong letter: "expert" and "statue" are words. */
function isSlip(typed: string, word: string): boolean {
  const differs = Array.from(word).findIndex((letter, index) => typed[index] !== letter);
  const at = differs === -1 ? word.length : differs;
  const swapped = (word[at + 1] ?? "") + (word[at] ?? "") + word.slice(at + 2);
  return [word.slice(at + 1), typed.slice(at, at + 1) + word.slice(at), swapped].includes(typed.slice(at));
}
