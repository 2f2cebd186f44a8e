import type { Hint } from "./hint.ts";
import { formatOf, type InputFormat, type InputKind } from "./media-type.ts";
import { skillNamed, skillNameSchema, type SkillName } from "./skill.ts";
import { isVague } from "./vague-instruction.ts";
import { countWords } from "./word-count.ts";

/** From here on it renders more slowly (backend protocol, "The five skills"). */
const longScriptWords = 100;
const longClipsS = 30;
const manyImages = 10;

/** An input that hints can be about; `durationMs` where it is known. */
export type HintedFile = { mime: string; durationMs?: number | undefined };
export type HintedInput = {
  skill: SkillName;
  /** The words to be filmed, as far as they are known. */
  script: string | null;
  instruction: string | null;
  files: readonly HintedFile[];
};

/** What would make a job faster or better; at most one hint of each code. */
export function hintsFor({ skill, script, instruction, files }: HintedInput): Hint[] {
  const formats = files.map(({ mime }) => formatOf(mime)).filter((format) => format !== null);
  const clipsMs = files.reduce(
    (sum, { mime, durationMs }) => (formatOf(mime)?.kind === "clip" ? sum + (durationMs ?? 0) : sum),
    0,
  );
  const kinds = new Set(formats.map(({ kind }) => kind));
  if (script !== null) kinds.add("script");
  return [
    longScript(script),
    longClips(clipsMs / 1000),
    tooManyImages(formats.filter(({ kind }) => kind === "image").length),
    vagueInstruction(instruction ?? script),
    formatThatPlaysLess(skill, formats),
    inputThatIsNotBest(skill, kinds),
  ].filter((hint) => hint !== null);
}

/**
 * The hints of a job whose whole script is known only now, because documents were in it: says `script_long` of that script, in
 * the place of what was said of a part of it.
 */
export function withWholeScript(hints: readonly Hint[], wholeScript: string): Hint[] {
  const others = hints.filter(({ code }) => code !== "script_long");
  const hint = longScript(wholeScript);
  return hint === null ? others : [hint, ...others];
}

function longScript(script: string | null): Hint | null {
  const words = script === null ? 0 : countWords(script);
  if (words < longScriptWords) return null;
  return {
    code: "script_long",
    message: `The script has ${words} words; scripts under ${longScriptWords} render fastest. Shorten it, or split it into several jobs.`,
  };
}

function longClips(seconds: number): Hint | null {
  if (seconds < longClipsS) return null;
  return {
    code: "clip_long",
    message: `The clips last ${Math.round(seconds)} s; under ${longClipsS} s renders fastest. Trim them to what should be seen.`,
  };
}

function tooManyImages(images: number): Hint | null {
  if (images < manyImages) return null;
  return {
    code: "many_images",
    message: `There are ${images} images; fewer than ${manyImages} render fastest. Leave some out, or make several videos.`,
  };
}

function vagueInstruction(words: string | null): Hint | null {
  if (words === null || !isVague(words)) return null;
  return {
    code: "vague_instruction",
    message:
      "The instruction does not say what to do. Concrete ones work better, such as “add the title ‘Summer’ and upbeat music at 30 %”.",
  };
}

/** Of clips alone: they are what a caller may want to play elsewhere too. What the skill takes best is no worse than MP4. */
function formatThatPlaysLess(skill: SkillName, formats: readonly InputFormat[]): Hint | null {
  const { bestInputs } = skillNamed(skill);
  const clips = new Set(formats.filter(({ kind }) => kind === "clip").map(({ name }) => name));
  const playingLess = [...clips].filter((name) => name !== "mp4" && !bestInputs.includes(name));
  if (playingLess.length === 0) return null;
  return {
    code: "format_plays_less",
    message: `MP4 plays everywhere, which ${inWords(playingLess)} does not. Send clips as MP4 where you can.`,
  };
}

/** What each skill is made for. Sound goes with anything. */
const madeFor: Readonly<Record<SkillName, readonly InputKind[]>> = {
  "text-to-video-capcut": ["script"],
  "ai-to-video": ["script"],
  "generator-capcut": ["clip"],
  "image-to-video-capcut": ["image"],
  "ai-video-creator-online": ["image", "clip", "script"],
};

const kindsInWords: Record<InputKind, string> = { script: "a script", image: "photos", clip: "clips", sound: "sound" };

function inputThatIsNotBest(skill: SkillName, kinds: ReadonlySet<InputKind>): Hint | null {
  const given = [...kinds].filter((kind) => kind !== "sound");
  const isMadeForAll = (name: SkillName): boolean => given.every((kind) => madeFor[name].includes(kind));
  const better = skillNameSchema.options.find(isMadeForAll);
  if (isMadeForAll(skill) || better === undefined) return null;
  const best = inWords(skillNamed(skill).bestInputs);
  const what = given.map((kind) => kindsInWords[kind]).join(" and ");
  return { code: "input_not_best", message: `${skill} is best at ${best}. For ${what}, take ${better}.` };
}

function inWords(names: readonly string[]): string {
  return names.map((name) => name.toUpperCase()).join(", ");
}
