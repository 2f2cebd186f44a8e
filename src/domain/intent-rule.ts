import type { Concept } from "./intent-lexicon.ts";

/**
 * What a clause can ask for: the first four are what it can ask for by itself. The others only go with one of them:
 * `ready` is a question that an export answers too ("Is it done? Send it to me."), and `when-ready` is no question ("once it is done").
 * `output` says how ("in 1080p, please"), `purpose` what for; `has-media` and `hand-over` go with an upload; `courtesy` goes with all.
 */
export type Sense =
  | "export"
  | "credits"
  | "state"
  | "upload"
  | "ready"
  | "when-ready"
  | "output"
  | "purpose"
  | "has-media"
  | "hand-over"
  | "courtesy";

/**
 * A clause has the sense of the first rule that explains *all* its words: it has at least one word of each group in `needs`, and
 * every other word is in `also`, in `needs` or in `always`. The order of words does not count, since English and Chinese differ in it.
 */
export type Rule = {
  readonly sense: Sense;
  readonly needs: readonly (readonly Concept[])[];
  readonly also: readonly Concept[];
};

export function rulesFor(sense: Sense, explanations: readonly Omit<Rule, "sense">[]): Rule[] {
  return explanations.map((explanation) => ({ sense, ...explanation }));
}

export const always: readonly Concept[] = ["courtesy", "filler", "definite", "auxiliary", "please", "may"];

/** The thing itself, however it is called. */
export const it: readonly Concept[] = ["video", "finished", "it"];
export const itsProject: readonly Concept[] = [...it, "project"];
/** How one asks to be told or given something. */
export const asking: readonly Concept[] = [
  "question",
  "show",
  "tell",
  "list",
  "how",
  "where",
  "what",
  "did",
  "give",
  "send",
  "want",
];
export const askingForFile: readonly Concept[] = [
  "question",
  "show",
  "watch",
  "how",
  "where",
  "did",
  "want",
  "be",
  "indefinite",
];
export const toFile: readonly Concept[] = ["export", "save", "exported"];
export const like: readonly Concept[] = ["output", "target"];
