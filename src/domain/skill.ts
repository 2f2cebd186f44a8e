import { z } from "zod";
import type { FormatName } from "./media-type.ts";

const MB = 1_000_000;

/** What a skill can be given: files of a format, or the address of such a file or of a page. */
export type SkillInput = FormatName | "url";

type SkillFacts = {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly largestFileBytes: number;
  /** Advice only: every skill takes all that Reelay takes. */
  readonly bestInputs: readonly SkillInput[];
  readonly promise: { readonly text: string; readonly minS: number; readonly maxS: number };
  readonly tips: readonly string[];
  readonly startingPoint: string;
  readonly trySaying: { readonly en: readonly string[]; readonly zh: readonly string[] };
};

const concrete = "Say what you want to see and hear: concrete instructions beat “make it look better”.";
const plays = "MP4 plays everywhere: TikTok, Instagram, YouTube.";

/**
 * The five front doors of the backend, as its protocol describes them ("The five skills"). Name and version go out as attribution
 * with every call made for a job.
 */
const skills = {
  "text-to-video-capcut": {
    title: "Text to video",
    version: "1.0.0",
    description: "Turns a script into a finished video with visuals, music and titles.",
    largestFileBytes: 200 * MB,
    bestInputs: ["txt", "docx", "pdf", "srt"],
    promise: { text: "1–2 min for a 30 s clip; under 100 words is fastest", minS: 60, maxS: 120 },
    tips: ["Scripts under 100 words render fastest.", concrete, plays],
    startingPoint: "A 150-word product description into a 1080p MP4 with visuals and music.",
    trySaying: {
      en: [
        "Turn this 150-word product description into a 1080p video with visuals and music.",
        "Make a 30 s vertical video of this script, one scene for each sentence, with calm piano.",
        "Show each subtitle of this SRT as its own scene, with the title “Three steps” at the start.",
        "Turn this script into a 45 s video in 16:9 with upbeat music at 30 %.",
      ],
      zh: [
        "把这段150字的产品介绍做成1080p视频，配上画面和音乐。",
        "用这个脚本做一个30秒竖屏视频，每句话一个画面，配舒缓的钢琴曲。",
        "把这份字幕做成视频，每条字幕一个镜头，开头加标题“三个步骤”。",
      ],
    },
  },
  "ai-to-video": {
    title: "AI to video",
    version: "1.0.0",
    description: "Turns a text, a prompt or a web page into a short video.",
    largestFileBytes: 50 * MB,
    bestInputs: ["txt", "docx", "pdf", "url"],
    promise: { text: "1–2 min", minS: 60, maxS: 120 },
    tips: ["Scripts under 100 words render fastest.", concrete, plays],
    startingPoint: "A blog post’s introduction into a 30 s explainer.",
    trySaying: {
      en: [
        "Turn the introduction of this blog post into a 30 s explainer with captions.",
        "Make a 20 s teaser for this article that ends on its main claim as a title.",
        "Make a 15 s vertical video about how tides work, with soft ambient music.",
      ],
      zh: [
        "把这篇博客的引言做成30秒讲解视频，加上字幕。",
        "用这篇文章做一个20秒预告，结尾用标题打出核心观点。",
        "做一个15秒竖屏视频，讲潮汐是怎么形成的，配轻柔的背景音乐。",
      ],
    },
  },
  "generator-capcut": {
    title: "Clip editor",
    version: "1.0.0",
    description: "Turns raw clips into an edit with transitions, text and music.",
    largestFileBytes: 500 * MB,
    bestInputs: ["mp4", "mov", "avi", "webm"],
    promise: { text: "30–60 s; under 30 s of clip is fastest", minS: 30, maxS: 60 },
    tips: ["Clips under 30 s render fastest.", concrete, plays],
    startingPoint: "A 60 s raw clip into an edit with transitions, text and music.",
    trySaying: {
      en: [
        "Cut this 60 s clip down to 20 s, with transitions, a title and upbeat music.",
        "Join these clips in order with cross-fades and put lo-fi under them at 35 %.",
        "Add the title “Paradise Found” to the first three seconds.",
        "Make a vertical 15 s highlight of this clip with captions.",
      ],
      zh: [
        "把这段60秒的素材剪成20秒，加转场、标题和欢快的音乐。",
        "把这几段视频按顺序拼接，用叠化转场，配35%音量的lo-fi音乐。",
        "在前三秒加上标题“海边的一天”。",
      ],
    },
  },
  "image-to-video-capcut": {
    title: "Photos to video",
    version: "1.0.0",
    description: "Turns photos into a slideshow with transitions and music.",
    largestFileBytes: 200 * MB,
    bestInputs: ["jpg", "png", "webp", "heic"],
    promise: { text: "30–60 s; fewer than 10 images is fastest", minS: 30, maxS: 60 },
    tips: ["Fewer than 10 images render fastest.", concrete, plays],
    startingPoint: "Five JPGs into a slideshow with transitions and music.",
    trySaying: {
      en: [
        "Turn these five photos into a slideshow with transitions and music.",
        "Show each photo for 3 s with a slow zoom, and calm piano under them.",
        "Make a square slideshow with the title “Summer 2025” on the first photo.",
      ],
      zh: [
        "把这五张照片做成幻灯片视频，加上转场和音乐。",
        "每张照片显示3秒，缓慢放大，配舒缓的钢琴曲。",
        "做一个方形相册视频，第一张照片上加标题“2025年的夏天”。",
      ],
    },
  },
  "ai-video-creator-online": {
    title: "Promo creator",
    version: "1.0.0",
    description: "Turns images, clips and a script into a promo.",
    largestFileBytes: 500 * MB,
    bestInputs: ["mp4", "mov", "jpg", "png"],
    promise: { text: "1–2 min; fewer than 10 images stays under a minute", minS: 60, maxS: 120 },
    tips: ["Fewer than 10 images stay under a minute.", concrete, plays],
    startingPoint: "Five product images and a script into a 60 s promo.",
    trySaying: {
      en: [
        "Turn these five product images and this script into a 60 s promo.",
        "Make a 30 s vertical ad: one image for each sentence, the price as a title at the end.",
        "Make a 45 s promo of these clips and this text with epic music and captions.",
      ],
      zh: [
        "用这五张产品图和这段文案做一个60秒的宣传片。",
        "做一个30秒竖屏广告，每句话配一张图，结尾用标题显示价格。",
        "用这些视频和文案做一个45秒宣传片，配史诗感音乐和字幕。",
      ],
    },
  },
} as const satisfies Record<string, SkillFacts>;

export type SkillName = keyof typeof skills;
export type Skill = SkillFacts & { readonly name: SkillName };

// `Object.keys` forgets the type of the keys.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const skillNames = Object.keys(skills) as [SkillName, ...SkillName[]];
export const skillNameSchema = z.enum(skillNames).meta({ id: "SkillName" });
export const defaultSkill: SkillName = "text-to-video-capcut";

/** The largest file that any skill takes: the limit of `POST /v1/files`, where the skill is not known yet. */
export const largestFileBytes = Math.max(...Object.values(skills).map((skill) => skill.largestFileBytes));

export function skillNamed(name: SkillName): Skill {
  return { name, ...skills[name] };
}
