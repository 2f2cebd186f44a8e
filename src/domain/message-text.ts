import type { OutputWishes } from "./job-request.ts";
import { languageOfWords, type Language } from "./language.ts";
import type { SkillName } from "./skill.ts";

export type MessageParts = {
  skill: SkillName;
  /** The whole script, with the words of documents and pages in it. */
  script: string | null;
  instruction: string | null;
  output: OutputWishes;
  /** What the job put into the session; `kind` is a mime type, or begins like one. */
  uploads: readonly { kind: string }[] | null;
};

/**
 * What a generate stage says to the backend: the instruction, the script, and the output wishes in words; Chinese where the request
 * is. Without an instruction a script goes out to the letter, and files alone are asked to become what the skill is for.
 *
 * `format` and `quality` are the render's, and no words. Where a wish and the instruction differ, the wish counts, since it is the
 * more definite of the two; the message then says so.
 */
export function messageText({ skill, script, instruction, output, uploads }: MessageParts): string {
  const words = inLanguage[languageOfWords(instruction ?? script ?? output.music ?? "")];
  const request = instruction ?? defaultRequest(words, skill, script, uploads ?? []);
  const wishes = wishesText(words, output);
  const isInDoubt = wishes !== "" && instruction !== null && speaksOfOutput.test(instruction);
  const lastly = isInDoubt ? `${wishes}${words.space}${words.precedence}` : wishes;
  return [request, script, lastly].filter((part) => part !== null && part !== "").join("\n\n");
}

type Words = {
  video: string;
  slideshow: string;
  edit: string;
  mix: string;
  toMusic: string;
  promo: string;
  scriptPromo: string;
  precedence: string;
  space: string;
  ratio: (ratio: string) => string;
  resolution: (resolution: string) => string;
  duration: (seconds: number) => string;
  music: (music: string) => string;
};

const inLanguage: Record<Language, Words> = {
  en: {
    video: "Make a video.",
    slideshow: "Make a slideshow video from the uploaded photos, with transitions and music.",
    edit: "Make a video from the uploaded clips, with transitions, text and music.",
    mix: "Make a video from the uploaded photos and clips, with transitions, text and music.",
    toMusic: "Make a video to the uploaded sound.",
    promo: "Make a promo video from the uploaded files, with transitions, text and music.",
    scriptPromo: "Make a promo video from the uploaded files and this script, with transitions, text and music.",
    precedence: "These settings count wherever the words above differ.",
    space: " ",
    ratio: (ratio) => `Aspect ratio ${ratio}.`,
    resolution: (resolution) => `Resolution ${resolution}.`,
    duration: (seconds) => `About ${seconds} seconds long.`,
    music: (music) => `Music: ${music}.`,
  },
  zh: {
    video: "做一个视频。",
    slideshow: "用上传的照片做一个幻灯片视频，加上转场和音乐。",
    edit: "用上传的素材做一个视频，加上转场、文字和音乐。",
    mix: "用上传的照片和素材做一个视频，加上转场、文字和音乐。",
    toMusic: "用上传的声音做一个视频。",
    promo: "用上传的文件做一个宣传片视频，加上转场、文字和音乐。",
    scriptPromo: "用上传的文件和这段文案做一个宣传片视频，加上转场、文字和音乐。",
    precedence: "如与上文不一致，以这些设置为准。",
    space: "",
    ratio: (ratio) => `画面比例 ${ratio}。`,
    resolution: (resolution) => `分辨率 ${resolution}。`,
    duration: (seconds) => `时长约 ${seconds} 秒。`,
    music: (music) => `音乐：${music}。`,
  },
};

/** Lengths, ratios, resolutions and music: what a wish may contradict. */
const speaksOfOutput =
  /\d\s*-?\s*(?:s\b|secs?\b|seconds?\b|min\b|minutes?\b|秒|分钟|分鐘)|\d\s*[:：x×]\s*\d|\b(?:\d{3,4}p|[248]k)\b|\b(?:vertical|portrait|horizontal|landscape|square|widescreen|short|long|music|song|soundtrack|bgm|silent)\b|[横橫竖豎方]|音乐|音樂|配乐|配樂|分辨率|比例/iu;

/** A script needs no request: only the promo of images and text does, to say that they belong together. */
function defaultRequest(
  words: Words,
  skill: SkillName,
  script: string | null,
  uploads: readonly { kind: string }[],
): string | null {
  const isPromo = skill === "ai-video-creator-online" && uploads.length > 0;
  if (script !== null) return isPromo ? words.scriptPromo : null;
  if (isPromo) return words.promo;
  const holds = (kind: string): boolean => uploads.some((upload) => upload.kind.startsWith(kind));
  if (holds("image") && holds("video")) return words.mix;
  if (holds("image")) return words.slideshow;
  if (holds("video")) return words.edit;
  return holds("audio") ? words.toMusic : words.video;
}

function wishesText(words: Words, { aspect_ratio, resolution, duration_s, music }: OutputWishes): string {
  return [
    aspect_ratio && words.ratio(aspect_ratio),
    resolution && words.resolution(resolution),
    duration_s && words.duration(duration_s),
    music && words.music(music),
  ]
    .filter(Boolean)
    .join(words.space);
}
