import type { Music } from "../project.ts";
import type { Wishes } from "../session-record.ts";
import { readMessage } from "./message.ts";
import { titleIn } from "./topic.ts";

type Mood = Music["mood"];

const shortEdges: Record<string, number> = {
  "1080": 1080,
  "720": 720,
  "540": 540,
  "480": 480,
  "360": 360,
  "240": 240,
  "144": 144,
};
const exactSize = /\b(\d{2,4})\s*[x×]\s*(\d{2,4})\b/gi;
const DEFAULT_SHORT_EDGE_PX = 1080;
const LONGEST_EDGE_PX = 1920;

/** Titles and the like: what is in them is no wish. */
const quoted = /"[^"\n]*"|“[^”\n]*”|「[^」\n]*」|《[^》\n]*》/gu;

/** A setting by its name, as on a form. It counts for more than what prose says of the same thing. */
const setting =
  /^\s*(?:aspect ratio|resolution|about \d|(?:duration|length|music)\s*:|画面比例|分辨率|时长|音乐\s*[:：])/i;

/** What a message asks for besides its script. A number within the script itself ("loads in 2 seconds") is no wish. */
export function wishesOf(text: string): Wishes {
  const { toEditor } = readMessage(text);
  const settings = toEditor.filter((sentence) => setting.test(sentence)).join("\n");
  const prose = toEditor
    .filter((sentence) => !setting.test(sentence))
    .join("\n")
    .replaceAll(quoted, "");
  const isSized = sizeIn(settings).widthPx !== null;
  const music = musicIn(settings) ?? musicIn(prose);
  return {
    ...sizeIn(`${settings}\n${isSized ? prose.replaceAll(exactSize, "") : prose}`),
    durationMs: durationIn(settings) ?? durationIn(prose),
    music,
    volume: music === null ? null : percentIn(`${settings}\n${prose}`),
    title: titleIn(toEditor),
  };
}

/** The size in pixels that a ratio, a word for one, or a resolution stands for; nulls when there is none of them. */
export function sizeIn(text: string): { widthPx: number | null; heightPx: number | null } {
  const [exact] = text.matchAll(exactSize);
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
