import type { Edit, Intent } from "../session-record.ts";
import { durationIn, moodIn, musicIn, percentIn, sizeIn, wishesOf } from "./wishes.ts";

/** A message longer than this is a script, whatever words are in it. */
const MAX_EDIT_CHARS = 240;

const words = {
  music: String.raw`\b(?:music|bgm|soundtrack|background track|song)\b|音乐|配乐|bgm`,
  remove: String.raw`\b(?:remove|delete|drop|mute|without|get rid of|take out|no)\b|去掉|删除|删掉|移除|去除|静音|不要`,
  put: String.raw`\b(?:add|put|insert|include|use|change|switch|replace|set)\b|添加|加上|加个|加入|加一|换成|换个|改成|用`,
  generate: String.raw`\b(?:make|create|generate|produce|turn|write)\b.*\b(?:video|clip|film|reel|explainer|slideshow|promo|ad|story)\b|(?:做|生成|制作|转成|变成|创建).*(?:视频|短片|影片|幻灯片|宣传片)`,
};

const is = (pattern: string, flags = "i") => new RegExp(pattern, flags);
const music = is(words.music);
const remove = is(words.remove);
const put = is(words.put);
const generate = is(words.generate, "is");
const title = /\b(title|headline|caption|heading)\b|标题|字幕/i;
const volume = /\b(volume|louder|quieter|softer|turn (it|the music) (up|down))\b|音量|大声|小声|调低|调高|调小|调大/i;
const trim = /\b(trim|shorten|cut (it|the|down|to))\b|裁剪|剪短|缩短|剪到|剪成/i;
const reformat =
  /\b(aspect|ratio|landscape|portrait|vertical|horizontal|square|widescreen)\b|画幅|比例|横屏|竖屏|横版|竖版|方形|^\D{0,40}\d{1,2}\s*[:：]\s*\d{1,2}\D{0,20}$/i;
const order =
  /^\s*(?:please\s+|now\s+|then\s+)?(?:make|change|adjust|improve|fix|add|remove|delete|use|apply|set|replace|swap|move|speed|slow|increase|reduce|lower|raise|crop|zoom|blur|brighten|darken|reorder|shuffle|give|try|more|less)\b|^(?:请|把|将|让|给|换|改|调|加|添|再|更|去|删)/i;
const question =
  /[?？]\s*$|^\s*(what|how|which|why|when|where|who|is|are|do|does|can|could|should)\b|(吗|呢|什么|怎么|多少|哪些|为什么)[？?。]?\s*$/i;
const aboutTimeline =
  /\b(track|tracks|timeline|scene|scenes|long|length|duration|music|title)\b|轨道|时间线|画面|多长|时长|音乐|标题/i;
const greeting = /^\s*(hi|hello|hey|thanks|thank you|你好|您好|谢谢)[\s!.。！]*$/i;

/** What a message means to the agent, given whether there is a timeline already and whether files were uploaded. */
export function classify(text: string, timeline: { exists: boolean; hasMedia: boolean }): Intent {
  const short = text.trim();
  const isScript = short.length > MAX_EDIT_CHARS || short.split("\n").filter((line) => line.trim() !== "").length > 3;
  if (isScript || generate.test(short)) return { kind: "generate", wishes: wishesOf(short) };
  if (greeting.test(short)) return { kind: "answer", about: "help" };
  const edits = editsIn(short);
  const isQuestion = question.test(short) && !(put.test(short) || remove.test(short));
  if (isQuestion) return { kind: "answer", about: timeline.exists && aboutTimeline.test(short) ? "timeline" : "help" };
  if (!timeline.exists) {
    const onlyEdits = edits.length > 0 && !timeline.hasMedia && short.length < 80;
    return onlyEdits ? { kind: "answer", about: "nothing_to_edit" } : { kind: "generate", wishes: wishesOf(short) };
  }
  const size = sizeIn(short);
  if (reformat.test(short) && size.widthPx !== null && size.heightPx !== null) {
    return { kind: "reformat", widthPx: size.widthPx, heightPx: size.heightPx };
  }
  if (edits.length > 0) return { kind: "edit", edits };
  return order.test(short)
    ? { kind: "edit", edits: [{ kind: "restyle" }] }
    : { kind: "generate", wishes: wishesOf(short) };
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
  else if (speaksOfMusic && put.test(text)) edits.push({ kind: "add_music", mood: moodIn(text), volume: level });
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
