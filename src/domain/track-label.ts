import { z } from "zod";
import type { Language } from "./language.ts";

/** What people call a track. */
export type TrackLabel = "Video" | "BGM" | "Voice" | "Effects" | "Title" | "Text" | "Track";

const labels: Record<Language, Record<TrackLabel, string>> = {
  en: { Video: "Video", BGM: "BGM", Voice: "Voice", Effects: "Effects", Title: "Title", Text: "Text", Track: "Track" },
  zh: { Video: "视频", BGM: "背景音乐", Voice: "配音", Effects: "音效", Title: "标题", Text: "文字", Track: "轨道" },
};

export function labelIn(language: Language, label: TrackLabel): string {
  return labels[language][label];
}

const voice = String.raw`voice(?:[\s_-]?overs?)?|vo|narrat(?:ion|or|ive)|speech|tts|dub(?:bing)?|dialogu?e|配音|旁白|人声|解说|朗读|语音`;
const effects = String.raw`(?:sound[\s_-]?)?(?:effects?|fx)|sfx|foley|音效|特效音`;

/** Keys whose value says what kind of thing something is; there the word may stand among others: "audio_voice_track". */
const kindKey = /kind|type|role|categor|class|usage|purpose|tag|subtype/i;
const among = (words: string) => new RegExp(String.raw`(?<![a-z])(?:${words})(?![a-z])`, "i");
/** Anywhere else, such as in a title, the value has to be the word: "Sound effects free" may be a song, "Voice 2" is none. */
const alone = (words: string) =>
  new RegExp(
    String.raw`^\W*(?:audio[\s_-]|ai[\s_-])?(?:${words})(?:[\s_-](?:track|audio|layer))?[\s_-]?\d{0,3}\W*$`,
    "iu",
  );

const patterns = [
  ["Voice", among(voice), alone(voice)],
  ["Effects", among(effects), alone(effects)],
] as const;

const looseObject = z.record(z.string(), z.unknown()).catch({});

/** An audio track is music unless a value of its metadata, given as parsed JSON, says that it is voice or effects. Keys say nothing. */
export function audioLabel(metadata: unknown): "BGM" | "Voice" | "Effects" {
  const entries =
    typeof metadata === "string" ? [["", metadata] as const] : Object.entries(looseObject.parse(metadata));
  const values = entries.flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((text): text is string => typeof text === "string")
      .map((text) => ({ text, saysKind: kindKey.test(key) })),
  );
  const found = patterns.find(([, amongOthers, asAWhole]) =>
    values.some(({ text, saysKind }) => (saysKind ? amongOthers : asAWhole).test(text)),
  );
  return found?.[0] ?? "BGM";
}
