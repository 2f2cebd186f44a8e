import { handOverRule, always, namedThings, rules, type Rule, type Sense } from "./intent-rules.ts";
import { hasQuotedPart, plainText, unquoted, wordsOf, type Word } from "./intent-words.ts";
import type { Concept } from "./intent-lexicon.ts";

/**
 * What a person's words ask for: the table in docs/backend-protocol.md, "What a person's message means".
 *
 * Only a message can do what was not understood, and a wrong answer ignores a request. So nothing is looked for in the text; instead
 * all of it must be explained: every sentence by one rule, every word by the rule of its sentence. One unknown word makes a message.
 */
export const intents = ["export", "credits", "state", "upload", "message"] as const;
export type Intent = (typeof intents)[number];

/** A longer text is a script or a briefing. It also bounds the work. */
const MAX_REQUEST_CHARS = 300;
const han = /\p{Script=Han}/u;
/** How much may stand unexplained before a noun: two words, or four Chinese characters, which count as half a word. */
const MAX_MODIFIER_WORDS = 2;

/** @returns `upload`: files are to be put into the session first. Then `action`; "upload" means that nothing else is asked for. */
export function intentOf(input: { text: string; hasFiles: boolean }): { action: Intent; upload: boolean } {
  return { action: actionOf(input.text.trim(), input.hasFiles), upload: input.hasFiles };
}

function actionOf(text: string, hasFiles: boolean): Intent {
  if (text.length > MAX_REQUEST_CHARS) return "message";
  const plain = plainText(unquoted(text));
  // What is quoted is content: "add a caption that says 'Download now'".
  if (hasQuotedPart(plain)) return "message";
  const senses = plain.split(sentenceEnd).flatMap((sentence) => sensesOf(sentence, hasFiles));
  return senses.includes(undefined) ? "message" : actionFor(new Set(senses), hasFiles);
}

/** Unlike in prose, marks may stand without a space after them: "好了吗?发我". A full stop needs one. */
const sentenceEnd = /(?<=[!?。;\n])|(?<=\.)(?=\s)/;
const clauseEnd = /[,、:—–()]|\s-\s/;
const conjunctions = new Set(["and", "then", "然 后", "并", "并 且", "接 着"]);

/** What one may ask for together; all else is two requests, and a message. */
function actionFor(senses: Set<Sense | undefined>, hasFiles: boolean): Intent {
  const asked = (sense: Sense) => senses.delete(sense);
  asked("courtesy");
  const handsOver = asked("hand-over") || (hasFiles && asked("upload"));
  if (senses.size === 0) return handsOver || hasFiles ? "upload" : "message";
  if (asked("export")) {
    asked("ready");
    asked("when-ready");
    asked("output");
    return senses.size === 0 ? "export" : "message";
  }
  if (asked("ready")) senses.add("state");
  const [only] = senses;
  return senses.size === 1 && (only === "credits" || only === "state" || only === "upload") ? only : "message";
}

/** The sense of each clause of a sentence. A clause that says nothing counts only if it is all that is said. */
function sensesOf(sentence: string, hasFiles: boolean): (Sense | undefined)[] {
  const clauses = sentence.split(clauseEnd).flatMap((part) => clausesOf(wordsOf(part)));
  const telling = clauses.filter((words) => !words.every((word) => means(word, ["filler", "auxiliary", "please"])));
  const told = telling.length > 0 ? telling : clauses;
  const last = sentence.includes("?") ? told.length - 1 : -1;
  // "Export it?" is a request, so what is marked as a question need not be one.
  return told.map(
    (words, at) => senseOf(words, hasFiles) ?? (at === last ? senseOf([...words, questionMark], hasFiles) : undefined),
  );
}

function clausesOf(words: readonly Word[]): (readonly Word[])[] {
  const at = words.findIndex(({ text }) => conjunctions.has(text));
  const clauses = at === -1 ? [words] : [words.slice(0, at), ...clausesOf(words.slice(at + 1))];
  return clauses.filter((clause) => clause.length > 0);
}

function senseOf(clause: readonly Word[], hasFiles: boolean): Sense | undefined {
  const words = withQuestion(withModifiers(clause));
  return (hasFiles ? [handOverRule, ...rules] : rules).find((rule) => explains(rule, words))?.sense;
}

function explains({ needs, also }: Rule, words: readonly Word[]): boolean {
  const known = [...always, ...needs.flat(), ...also];
  return needs.every((need) => words.some((word) => means(word, need))) && words.every((word) => means(word, known));
}

function means(word: Word | undefined, concepts: readonly Concept[]): boolean {
  return word !== undefined && word.concepts.some((concept) => concepts.includes(concept));
}

const asksFirst: readonly Concept[] = ["auxiliary", "what", "why", "where", "howMany", "when", "duration"];
const questionMark: Word = { text: "?", concepts: ["question"] };

/** Adds the mark that a question would have if its writer had cared. */
function withQuestion(words: readonly Word[]): readonly Word[] {
  const first = words.find((word) => !word.concepts.includes("courtesy"));
  if (words.length > 1 && means(words.at(-1), ["tag"])) return [...words.slice(0, -1), questionMark];
  return means(first, asksFirst) ? [...words, questionMark] : words;
}

/** Lets a few unknown words between "the", or "here is", and a noun pass as what names that noun. */
function withModifiers(words: readonly Word[]): readonly Word[] {
  const named = new Set<Word>();
  for (const [at, word] of words.entries()) {
    if (!means(word, ["definite", "here"])) continue;
    const rest = words.slice(at + 1);
    const between = rest.slice(
      0,
      rest.findIndex((next) => means(next, namedThings)),
    );
    const unknown = between.filter((next) => !(han.test(next.text) && means(next, ["filler"])));
    const length = unknown.reduce((sum, { text }) => sum + (han.test(text) ? 0.5 : 1), 0);
    if (length > MAX_MODIFIER_WORDS || unknown.some(({ concepts }) => concepts.length > 0)) continue;
    for (const modifier of unknown) named.add(modifier);
  }
  return words.map((word) => (named.has(word) ? { ...word, concepts: ["modifier"] } : word));
}
