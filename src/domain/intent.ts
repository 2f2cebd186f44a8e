import { clausesOf, means, questionMark, withModifiers, withQuestionMark, type Clause } from "./intent-clauses.ts";
import type { Concept } from "./intent-lexicon.ts";
import { always, type Rule, type Sense } from "./intent-rule.ts";
import { handOverRule, rules } from "./intent-rules.ts";
import { hasQuotedPart, plainText, unquoted, type Word } from "./intent-words.ts";

/**
 * What a person's words ask for: the table in docs/backend-protocol.md, "What a person's message means".
 *
 * Only a message can do what was not understood, and a wrong answer ignores a request. So nothing is looked for in the text; instead
 * all of it must be explained: every clause by one rule, every word by the rule of its clause. One unknown word makes a message.
 */
export const intents = ["export", "credits", "state", "upload", "message"] as const;
export type Intent = (typeof intents)[number];

/** A longer text is a script or a briefing. It also bounds the work. */
const MAX_REQUEST_CHARS = 300;

/** Reasons are not understood, only passed over: so they must be short. */
const MAX_REASON_WORDS = 8;
const wishing: readonly Concept[] = ["want", "please", "changed"];
const restricting = new Set(["with", "without", "but", "except", "only"]);

/** @returns `upload`: files are to be put into the session first. Then `action`; "upload" means that nothing else is asked for. */
export function intentOf(input: { text: string; hasFiles: boolean }): { action: Intent; upload: boolean } {
  return { action: actionOf(input.text.trim(), input.hasFiles), upload: input.hasFiles };
}

function actionOf(text: string, hasFiles: boolean): Intent {
  if (text.length > MAX_REQUEST_CHARS) return "message";
  const plain = plainText(unquoted(text));
  // What is quoted is content: "add a caption that says 'Download now'".
  if (hasQuotedPart(plain)) return "message";
  const senses = clausesOf(plain).flatMap((clause) => sensesOf(clause, hasFiles));
  return senses.includes(undefined) ? "message" : actionFor(new Set(senses), hasFiles);
}

/** What may be said beside what is asked for. */
const companions: Record<Exclude<Intent, "message">, readonly Sense[]> = {
  export: ["courtesy", "ready", "when-ready", "output", "purpose"],
  credits: ["courtesy"],
  state: ["courtesy", "ready"],
  upload: ["courtesy", "has-media", "hand-over", "purpose"],
};

function actionFor(senses: ReadonlySet<Sense | undefined>, hasFiles: boolean): Intent {
  const asked = new Set(senses);
  if (hasFiles) for (const sense of ["hand-over", "has-media", "upload"] as const) asked.delete(sense);
  const isOnly = (intent: Exclude<Intent, "message">) =>
    [...asked].every((sense) => sense === intent || companions[intent].some((companion) => companion === sense));
  if (asked.has("export") && isOnly("export")) return "export";
  if (asked.has("credits") && isOnly("credits")) return "credits";
  if ((asked.has("state") || asked.has("ready")) && isOnly("state")) return "state";
  return (asked.has("upload") || hasFiles) && isOnly("upload") ? "upload" : "message";
}

/** One sense, or two where a clause holds one that only says why. */
function sensesOf({ words, isAsked }: Clause, hasFiles: boolean): (Sense | undefined)[] {
  const whole = (isAsked ? senseOf([...words, questionMark], hasFiles) : undefined) ?? senseOf(words, hasFiles);
  if (whole !== undefined) return [whole];
  const at = words.findIndex((word) => means(word, ["aside", "purpose"]));
  const [head, reason] = [words.slice(0, Math.max(at, 0)), words.slice(at)];
  if (at === -1 || !isMereReason(reason)) return [undefined];
  const sense: Sense = means(reason[0], ["aside"]) ? "courtesy" : "purpose";
  // "Save this clip for my intro" is an edit.
  if (sense === "purpose" && head.some((word) => means(word, ["save"]))) return [undefined];
  return head.length === 0 ? [sense] : [...sensesOf({ words: head, isAsked }, hasFiles), sense];
}

/** "Before I download it I want the music lower" holds a wish, and "for my client with a bigger logo" too. */
function isMereReason(words: readonly Word[]): boolean {
  const isWish = words.some((word) => means(word, wishing) || restricting.has(word.text));
  return words.length <= MAX_REASON_WORDS && !isWish;
}

function senseOf(clause: readonly Word[], hasFiles: boolean): Sense | undefined {
  const words = withQuestionMark(withModifiers(clause));
  return (hasFiles ? [handOverRule, ...rules] : rules).find((rule) => explains(rule, words))?.sense;
}

function explains({ needs, also }: Rule, words: readonly Word[]): boolean {
  const known = [...always, ...needs.flat(), ...also];
  return needs.every((need) => words.some((word) => means(word, need))) && words.every((word) => means(word, known));
}
