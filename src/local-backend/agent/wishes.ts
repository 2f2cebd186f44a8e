import type { Music } from "../project.ts";
import type { Wishes } from "../session-record.ts";

type Mood = Music["mood"];

/** Sentences in which the writer speaks to the editor, not to the audience: only these are searched for wishes. */
const instructionLike =
  /\b(make|create|generate|turn|convert|produce|render|use|add|keep|set|with|no|without)\b.*\b(video|clip|film|reel|short|explainer|slideshow|promo|mp4|music|bgm|soundtrack|ratio|format|seconds?|resolution)\b|^\s*(aspect|ratio|resolution|size|duration|length|music|bgm|about \d+|format)\b|(做|生成|制作|转|剪|变)成?.{0,12}(视频|短片|影片|幻灯片|宣传片)|^\s*(画面|比例|画幅|分辨率|尺寸|时长|长度|音乐|配乐|背景音乐|约|大约|不要|无)/i;

const shortEdges: Record<string, number> = {
  "1080": 1080,
  "720": 720,
  "540": 540,
  "480": 480,
  "360": 360,
  "240": 240,
  "144": 144,
};
const DEFAULT_SHORT_EDGE_PX = 1080;
const LONGEST_EDGE_PX = 1920;

/** A setting by its name, as on a form. It counts for more than what prose says of the same thing. */
const setting =
  /^\s*(?:aspect ratio|resolution|about \d|(?:duration|length|music)\s*:|画面比例|分辨率|时长|音乐\s*[:：])/i;

/** What a message asks for besides its script. A number within the script itself ("loads in 2 seconds") is no wish. */
export function wishesOf(text: string): Wishes {
  const sentences = text.split(/(?<=[.!?])\s|[。！？\n;；]/).filter((sentence) => instructionLike.test(sentence));
  const settings = sentences.filter((sentence) => setting.test(sentence)).join("\n");
  const instructions = [settings, ...sentences.filter((sentence) => !setting.test(sentence))].join("\n");
  const music = musicIn(settings) ?? musicIn(instructions);
  return {
    ...sizeIn(instructions),
    durationMs: durationIn(instructions),
    music,
    volume: music === null ? null : percentIn(instructions),
  };
}

/** The size in pixels that a ratio, a word for one, or a resolution stands for; nulls when there is none of them. */
export function sizeIn(text: string): { widthPx: number | null; heightPx: number | null } {
  const exact = /\b(\d{2,4})\s*[x×]\s*(\d{2,4})\b/i.exec(text);
  if (exact) return { widthPx: evenPx(Number(exact[1])), heightPx: evenPx(Number(exact[2])) };
  const ratio = ratioIn(text);
  const resolution = /\b(\d{3,4})p\b/i.exec(text)?.[1];
  const short = resolution === undefined ? undefined : shortEdges[resolution];
  if (ratio === null && short === undefined) return { widthPx: null, heightPx: null };
  const [across, down] = ratio ?? [9, 16];
  const unit = Math.min(
    (short ?? DEFAULT_SHORT_EDGE_PX) / Math.min(across, down),
    LONGEST_EDGE_PX / Math.max(across, down),
  );
  return { widthPx: evenPx(across * unit), heightPx: evenPx(down * unit) };
}

function ratioIn(text: string): [number, number] | null {
  const digits = /\b(\d{1,2})\s*[:：∶/]\s*(\d{1,2})(?!\d)/.exec(text);
  const across = Number(digits?.[1]);
  const down = Number(digits?.[2]);
  if (across > 0 && down > 0 && across / down < 4 && down / across < 4) return [across, down];
  if (/\b(landscape|horizontal|widescreen)\b|横屏|横版/i.test(text)) return [16, 9];
  if (/\b(portrait|vertical)\b|竖屏|竖版/i.test(text)) return [9, 16];
  if (/\bsquare\b|方形|正方形/i.test(text)) return [1, 1];
  return null;
}

/** H.264 with 4:2:0 colour takes even sizes only. */
function evenPx(px: number): number {
  return Math.min(LONGEST_EDGE_PX, Math.max(64, 2 * Math.round(px / 2)));
}

/** The first time span that is named, in ms. */
export function durationIn(text: string): number | null {
  const seconds = /(\d+(?:\.\d+)?)\s*-?\s*(?:s\b|secs?\b|seconds?\b|秒)/i.exec(text)?.[1];
  if (seconds !== undefined) return Math.round(Number(seconds) * 1000);
  const minutes = /(\d+(?:\.\d+)?)\s*-?\s*(?:mins?\b|minutes?\b|分钟)/i.exec(text)?.[1];
  return minutes === undefined ? null : Math.round(Number(minutes) * 60_000);
}

export function musicIn(text: string): Mood | "none" | null {
  if (/\b(no|without)\s+(any\s+)?(background\s+)?(music|bgm|soundtrack)\b|(不要|无|没有)(背景)?(音乐|配乐)/i.test(text))
    return "none";
  if (!/\b(music|bgm|soundtrack|song|track)\b|音乐|配乐|bgm/i.test(text)) return null;
  return moodIn(text);
}

export function moodIn(text: string): Mood {
  if (/\b(epic|cinematic|dramatic|orchestral)\b|史诗|大气|震撼/i.test(text)) return "epic";
  if (/\b(calm|ambient|relax\w*|soft|peaceful|piano)\b|舒缓|轻柔|平静|安静|钢琴/i.test(text)) return "calm";
  if (/\b(upbeat|happy|energetic|pop|fast|fun|cheerful)\b|欢快|动感|活泼|轻快/i.test(text)) return "upbeat";
  return "lo-fi";
}

/** "35%", as a fraction. */
export function percentIn(text: string): number | null {
  const percent = /(\d{1,3})\s*(?:%|％|percent\b)/i.exec(text)?.[1] ?? /百分之(\d{1,3})/.exec(text)?.[1];
  return percent === undefined ? null : Math.min(100, Number(percent)) / 100;
}
