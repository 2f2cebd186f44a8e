import { instructionOf } from "./instructions.ts";

/** What people call the thing that is made, and what they call it with. */
const video =
  "(?:videos?|explainers?|clips?|slide ?shows?|reels?|promos?|mp4|movies?|films?|trailers?|teasers?|ads?|vlogs?)";
const videoZh = "(?:短视频|视频|視頻|短片|影片|宣传片|幻灯片|广告片|预告片|片子|动画|vlog)";
const output =
  "(?:music|bgm|sound ?tracks?|captions?|subtitles?|titles?|transitions?|effects?|voice-?overs?|text|seconds?|secs?|s|minutes?|mins?|resolution|aspect ratio|ratio|format|\\d{3,4}p|[248]k|\\d+\\s*[:x×]\\s*\\d+|vertical|portrait|landscape|horizontal|square)";
const outputZh = "(?:音乐|配乐|字幕|标题|转场|特效|旁白|秒钟?|分钟|比例|分辨率|竖屏|横屏|竖版|横版|\\d{3,4}p)";

/** A last clause that is a wish: "…, with calm music", "… in 9:16", "…，配舒缓的音乐". */
const lastWish = new RegExp(
  `(?:\\s*[,;]\\s*(?:and )?|\\s+(?:and|with|in|at|for|using|plus) )(?:(?! (?:and|with|in|at|for|using|plus) )[^,;])*?(?<![\\w-])(?:\\d+\\s*-?\\s*)?${output}(?![\\w-])(?:\\s+(?:long|please|at \\d+%|underneath|["“][^"”]*["”]))*\\s*$`,
  "iu",
);
const lastWishZh = new RegExp(
  `(?:[，,、；](?:请|并|再)?(?:(?:配|加|用|带|要|时长|长度|尺寸|比例|约|\\d)[^，,；]{0,30}?)?|(?:配上?|加上)[^，,；]{0,20}?)${outputZh}[^，,；]{0,8}$`,
  "u",
);

const topics = [
  /\b(?:about|explain(?:s|ing)|show(?:s|ing)|introduc(?:es|ing))\s+(.+)$/iu,
  new RegExp(`\\b${video}\\s+(?:on|for|of|from|with)\\s+(.+)$`, "iu"),
  new RegExp(`\\b(?:a|an)\\s+(?!\\d)((?:[\\w'’-]+ )+?)${video}\\b`, "iu"),
];
const topicsZh = [
  new RegExp(`(?:关于|關於|介绍|讲述|展示)(.+?)的?${videoZh}`, "u"),
  /(?:主题|题材|内容)(?:是|为|：)\s*([^，,。]+)/u,
  new RegExp(`(?<![这那每])[个個段条條部支](.{2,}?)的?${videoZh}`, "u"),
];
/** Not what a video is about: the material, its kind, the settings. */
const noTopic =
  /^(?:it|this|that|these|those|me|us|everything|all)\b|\b(?:uploaded|photos?|pictures?|images?|clips?|files?|footage|script|text|article|transitions?|music|captions?|titles?)\b|^[\d\s]*$|[这些上传]+的?(?:照片|图片|素材|文件|片段|文字|文案|脚本)|\d+\s*秒/iu;
const kinds =
  /\b(?:\d+\s*-?\s*(?:s|secs?|seconds?|mins?|minutes?|p|k)|\d+\s*[:x×]\s*\d+|short|quick|brief|simple|new|nice|great|cool|calm|fun|funny|playful|upbeat|engaging|catchy|cinematic|beautiful|stunning|professional|dynamic|fast-paced|highlight|final|good|vertical|portrait|square|landscape|horizontal|slide ?show|promo|explainer|social media|tiktok|instagram|youtube)\b|^(?:一|短|竖屏|横屏|竖版|横版|简短|新|轻松|好看|宣传片?|幻灯片?|的)+$|\d+分钟/giu;

const explain =
  /^(?:please )?(?:explain|describe|introduce|tell (?:me|us) about|请?(?:介绍|讲解|解释|说明)(?:一下)?)\s*(\S.*)$/iu;

/** A prompt is short; a script in one sentence may be long. */
const maxPromptChars = 400;

/** What the video that is asked for is about, as a title would say it; null if nothing is said of it. */
export function topicOf(sentences: string[]): string | null {
  return sentences.map(topicIn).find((topic) => topic !== null) ?? null;
}

/** What a message of one sentence that is no order is to show, where it is a prompt and not a script; else null. */
export function promptOf(message: string): string | null {
  if (message.length > maxPromptChars) return null;
  const line = withoutStop(message);
  if (/[.!?。！？](?:\s|\p{L}|$)/u.test(line)) return null;
  const explained = explain.exec(line)?.[1];
  // With a full stop it is a sentence: "She lived without fear and with music."
  const subject = explained === undefined && /[.。]\s*$/u.test(message) ? line : withoutWishes(explained ?? line);
  return explained === undefined && subject === line ? null : asTitle(subject);
}

function topicIn(sentence: string): string | null {
  const instruction = instructionOf(sentence);
  if (instruction === null) return promptOf(sentence);
  if (instruction !== "order") return null;
  const line = withoutWishes(withoutStop(sentence));
  const isChinese = /\p{Script=Han}/u.test(line);
  for (const pattern of isChinese ? [...topicsZh, ...topics] : topics) {
    const topic = pattern.exec(line)?.[1]?.replaceAll(kinds, "").replaceAll(/\s+/gu, " ").trim();
    if (topic !== undefined && topic !== "" && !noTopic.test(topic)) return asTitle(topic);
  }
  return null;
}

function withoutWishes(line: string): string {
  const shorter = line.replace(/\p{Script=Han}/u.test(line) ? lastWishZh : lastWish, "").trim();
  return shorter === line || shorter === "" ? line : withoutWishes(shorter);
}

function withoutStop(text: string): string {
  return text
    .trim()
    .replaceAll(/\s+/gu, " ")
    .replace(/[.。!！:：]+$/u, "");
}

function asTitle(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const quote = `["“「『《]([^"”」』》\\n]{1,120})["”」』》]`;
const titleZh = "(?:标题|標題|片名|题目)";
const askedTitles = [
  new RegExp(`(?:\\btitled?|\\bheadline|${titleZh})[^"“「『《.。!?！？\\n]{0,30}${quote}`, "iu"),
  new RegExp(`(?:\\b${video}|\\bit)\\s+(?:called|named)\\s+${quote}`, "iu"),
  new RegExp(`${quote}\\s*(?:as (?:the |its |a )?(?:title|headline)|(?:作为|做|为|当)${titleZh})`, "iu"),
  /\btitled?[^'‘.!?\n]{0,30}\s['‘]([^'’\n]{1,120})['’](?![\w])/iu,
  new RegExp(`^(?:title|headline|${titleZh})\\s*[:：]\\s*(\\S.*?)[.。]?$`, "iu"),
  /\b(?:with the title|titled)\s+([A-Z0-9][\w'’&-]*(?: (?:[A-Z0-9][\w'’&-]*|of|the|in|a|to))*)/u,
  new RegExp(`${titleZh}(?:是|为|叫|写|设为)([^，。,.\\n“"]{1,40})`, "u"),
];

/** The title that is asked for; empty where none is wanted, null where nothing is said of it. */
export function titleIn(sentences: string[]): string | null {
  const text = sentences.join("\n");
  for (const pattern of askedTitles) {
    const title = sentences.map((sentence) => pattern.exec(sentence)?.[1]?.trim()).find((found) => found);
    if (title !== undefined) return title;
  }
  return /\b(?:no|without(?: a| any)?) titles?\b|(?:不要|无需|不加|没有)(?:标题|標題)/iu.test(text) ? "" : null;
}
