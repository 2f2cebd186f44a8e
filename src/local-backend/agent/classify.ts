import type { Edit, Intent } from "../session-record.ts";
import { durationIn, moodIn, musicIn, percentIn, sizeIn, wishesOf } from "./wishes.ts";

/** A message longer than this is a script, whatever words are in it. */
const MAX_EDIT_CHARS = 240;
/** So short a message is an edit even if it does not begin like an order: "title: Kyoto", "16:9". */
const MAX_TERSE_CHARS = 30;

const music = /\b(music|bgm|soundtrack|background track|song)\b|音乐|配乐|bgm/i;
const remove = /\b(remove|delete|drop|mute|without|get rid of|take out|no)\b|去掉|删除|删掉|移除|去除|静音|不要/i;
const put = /\b(add|put|insert|include|use|change|switch|replace|set)\b|添加|加上|加个|加入|加一|换成|换个|改成|用/i;
const musicWish = /(?:^|[\n.。]\s*)(music|bgm|音乐|配乐|背景音乐)\s*[:：]/i;
const generate =
  /\b(make|create|generate|produce|turn|write)\b.*\b(video|clip|film|reel|explainer|slideshow|promo|ad|story)\b|(做|生成|制作|转成|变成|创建).*(视频|短片|影片|幻灯片|宣传片)/is;
const title = /\b(title|headline|caption|heading)\b|标题|字幕/i;
const volume = /\b(volume|louder|quieter|softer|turn (it|the music) (up|down))\b|音量|大声|小声|调低|调高|调小|调大/i;
const trim = /\b(trim|shorten|cut (it|the|down|to))\b|裁剪|剪短|缩短|剪到|剪成/i;
const reorder =
  /\b(reorder|rearrange|shuffle)\b|\b(move|swap|change)\b.*\b(clips?|scenes?|order)\b|(调整|改变|更换|交换|重排|重新排列).*(顺序|片段|镜头)|重新排序/i;
const reformat =
  /\b(aspect|ratio|landscape|portrait|vertical|horizontal|square|widescreen)\b|画幅|比例|横屏|竖屏|横版|竖版|方形|\d\s*[:：]\s*\d/i;
/** How an order to an editor begins, rather than a sentence of a script. */
const order =
  /^(?:(?:please|now|then|(?:can|could|would) you|i want you to)\s+)*(?:do (?:this|it)|make|change|adjust|improve|fix|add|put|insert|include|switch|mute|drop|cut|trim|shorten|turn|remove|delete|use|apply|set|replace|swap|move|speed|slow|increase|reduce|lower|raise|crop|zoom|blur|brighten|darken|reorder|shuffle|give|try|more|less|no)\b|^(?:请|把|将|让|给|换|改|调|加|添|再|更|去|删|移|剪|裁|缩|不要)/i;
/** One sentence, asked; of a script's opening question there would be more. */
const question = /^[^.!?。！？\n]{1,120}([?？]|[吗呢]|什么|多少|哪些)$/i;
const toTheAgent = /\b(you|your|this (work|cost)|i)\b|[你您]/i;
const aboutTimeline =
  /\b(track|tracks|timeline|scene|scenes|long|length|duration|music|title)\b|轨道|时间线|画面|镜头|多长|时长|音乐|标题/i;
const greeting = /^(hi|hello|hey|thanks|thank you|你好|您好|谢谢)[\s!.。！]*$/i;

/** What a message means to the agent, given whether there is a timeline already and whether files wait to be used: an order is then about these. */
export function classify(message: string, timeline: { exists: boolean; hasFreshMedia: boolean }): Intent {
  const text = message.trim();
  const generates: Intent = { kind: "generate", wishes: wishesOf(text) };
  const isScript = text.length > MAX_EDIT_CHARS || text.split("\n").filter((line) => line.trim() !== "").length > 3;
  if (isScript || generate.test(text)) return generates;
  if (greeting.test(text)) return { kind: "answer", about: "help" };
  const isOrder = order.test(text);
  const isQuestion = question.test(text) && !isOrder;
  if (timeline.exists) {
    if (isQuestion) return { kind: "answer", about: aboutTimeline.test(text) ? "timeline" : "help" };
    if (timeline.hasFreshMedia) return generates;
    return isOrder || text.length <= MAX_TERSE_CHARS ? changeOf(text, isOrder) : generates;
  }
  if (isQuestion && toTheAgent.test(text)) return { kind: "answer", about: "help" };
  const isEdit = isOrder && editsIn(text).length > 0 && !text.includes("\n");
  return isEdit && !timeline.hasFreshMedia ? { kind: "answer", about: "nothing_to_edit" } : generates;
}

/** What a message does to an existing timeline. An order that names nothing known freshens it up; a mere sentence is a script. */
function changeOf(text: string, isOrder: boolean): Intent {
  const { widthPx, heightPx } = sizeIn(text);
  if (reformat.test(text) && widthPx !== null && heightPx !== null) return { kind: "reformat", widthPx, heightPx };
  const edits = editsIn(text);
  if (edits.length > 0) return { kind: "edit", edits };
  return isOrder ? { kind: "edit", edits: [{ kind: "restyle" }] } : { kind: "generate", wishes: wishesOf(text) };
}

/** Every edit that a message asks for; one message may ask for several. */
function editsIn(text: string): Edit[] {
  const edits: Edit[] = [];
  const speaksOfMusic = music.test(text);
  const removesMusic = speaksOfMusic && (musicIn(text) === "none" || remove.test(text));
  const level = percentIn(text);
  const changesVolume = volume.test(text) || (speaksOfMusic && level !== null && !put.test(text));
  if (title.test(text) && !remove.test(text)) edits.push({ kind: "title", text: quotedIn(text) });
  if (removesMusic) edits.push({ kind: "remove_music" });
  else if (changesVolume) edits.push({ kind: "volume", change: level ?? direction(text) });
  else if (speaksOfMusic && (put.test(text) || musicWish.test(text)))
    edits.push({ kind: "add_music", mood: moodIn(text), volume: level });
  if (reorder.test(text)) edits.push({ kind: "reorder" });
  const toMs = durationIn(text);
  if (trim.test(text) && toMs !== null && toMs > 0) edits.push({ kind: "trim", toMs });
  return edits;
}

function direction(text: string): "up" | "down" {
  return /\b(louder|up|raise|increase)\b|大声|调高|调大|提高|增大/i.test(text) ? "up" : "down";
}

/** What stands in quotes, of whatever kind, or after "title:" / "标题：" / "titled". */
function quotedIn(text: string): string | null {
  const quoted = /["“「『《]([^"”」』》]{1,120})["”」』》]/.exec(text) ?? /(?:^|\s)'([^']{1,120})'/.exec(text);
  const named =
    quoted ?? /(?:title[ds]?(?: that says| saying)?|标题(?:为|是|改为|叫)?)\s*[:：]?\s*([^\n.。]{2,120})$/i.exec(text);
  return named?.[1]?.trim() ?? null;
}
