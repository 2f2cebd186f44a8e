import type { Concept } from "./intent-lexicon.ts";
import { wordsOf, type Word } from "./intent-words.ts";

/** Unlike in prose, marks may stand without a space after them: "好了吗?发我". A full stop needs one. */
const sentenceEnd = /(?<=[!?。;\n])|(?<=\.)(?=\s)/;
const clauseEnd = /[,、:—–()]|\s-\s/;
const conjunctions = new Set(["and", "then", "or", "然 后", "并", "并 且", "接 着"]);

/** How much may stand unexplained before a noun: two words, or four Chinese characters, which count as half a word. */
const MAX_MODIFIER_WORDS = 2;
/** Between a word that points ("the", "here is") and one of these, something may name the thing: "the coffee shop video". */
const namedThings: readonly Concept[] = ["video", "finished", "media", "items", "project", "ready"];
const han = /\p{Script=Han}/u;

export type Clause = { readonly words: readonly Word[]; readonly isAsked: boolean };

/** The clauses of a plain text. Those that say nothing ("can you") are left out, unless a sentence has no other. */
export function clausesOf(text: string): Clause[] {
  return text.split(sentenceEnd).flatMap((sentence) => {
    const clauses = sentence.split(clauseEnd).flatMap((part) => joined(wordsOf(part)));
    const telling = clauses.filter((words) => !words.every((word) => means(word, ["filler", "auxiliary", "please"])));
    const told = telling.length > 0 ? telling : clauses;
    // A question mark is for the last clause: "It is not finished, or is it?"
    return told.map((words, at) => ({ words, isAsked: at === told.length - 1 && sentence.includes("?") }));
  });
}

export function means(word: Word | undefined, concepts: readonly Concept[]): boolean {
  return word !== undefined && word.concepts.some((concept) => concepts.includes(concept));
}

function joined(words: readonly Word[]): (readonly Word[])[] {
  const at = words.findIndex(({ text }) => conjunctions.has(text));
  const clauses = at === -1 ? [words] : [words.slice(0, at), ...joined(words.slice(at + 1))];
  return clauses.filter((clause) => clause.length > 0);
}

const asksFirst: readonly Concept[] = ["auxiliary", "what", "why", "where", "howMany", "when", "duration"];
export const questionMark: Word = { text: "?", concepts: ["question"] };

/** Adds the mark that a question would have if its writer had cared. */
export function withQuestionMark(words: readonly Word[]): readonly Word[] {
  const first = words.find((word) => !word.concepts.includes("courtesy"));
  if (words.length > 1 && means(words.at(-1), ["tag"])) return [...words.slice(0, -1), questionMark];
  return means(first, asksFirst) ? [...words, questionMark] : words;
}

/** Lets a few unknown words pass that name a thing: between "the" and a noun, or after a noun and "of" or "from". */
export function withModifiers(words: readonly Word[]): readonly Word[] {
  const named = new Set<Word>();
  for (const [at, word] of words.entries()) {
    const rest = words.slice(at + 1);
    const noun = rest.findIndex((next) => means(next, namedThings));
    if (means(word, ["definite", "here"]) && noun > 0) nameWith(rest.slice(0, noun), named);
    const isBehind = (word.text === "from" || word.text === "of") && means(words[at - 1], namedThings);
    if (isBehind && noun === -1) nameWith(rest, named);
  }
  return words.map((word) => (named.has(word) ? { ...word, concepts: ["modifier"] } : word));
}

function nameWith(words: readonly Word[], named: Set<Word>): void {
  const unknown = words.filter((word) => !means(word, ["definite", "indefinite"]) && !isChineseParticle(word));
  const length = unknown.reduce((sum, { text }) => sum + (han.test(text) ? 0.5 : 1), 0);
  if (length > MAX_MODIFIER_WORDS || unknown.some(({ concepts }) => concepts.length > 0)) return;
  for (const modifier of unknown) named.add(modifier);
}

function isChineseParticle(word: Word): boolean {
  return han.test(word.text) && means(word, ["filler"]);
}
