/** What a clause is: a request, or something said beside one (`context`), or what nobody understands (`unknown`). */
export type Reading = Core["asks"] | "no-export" | "hand-over" | "context" | "unknown";

/**
 * One way to ask for something. The pattern holds no more than the nucleus of the request; what stands around it must be small words
 * or context. `ready` is a question that an export answers too: "Is it done? Send it to me."
 */
export type Core = {
  readonly asks: "export" | "credits" | "state" | "ready" | "upload";
  readonly pattern: RegExp;
  /** Anywhere in the clause, this makes it another matter: "don't", "how much does it cost to". */
  readonly unless: RegExp;
  /** What may stand beside it: the small words of the language, and some that are small beside this request. */
  readonly smallWords: RegExp;
  /** Whether there may be context around it. */
  readonly inContext: boolean;
  /** How many unknown words, or Chinese characters, may stand on either side of it. */
  readonly maxUnknown: number;
};

/** What is known of a language. All patterns are for clauses as `clausesOf` makes them. */
export type Language = {
  readonly cores: readonly Core[];
  /** Words that stand in any request and change nothing about it. */
  readonly smallWords: RegExp;
  /** Whether something can be passed over: a reason, a circumstance, praise, a refusal ("no more changes"). */
  readonly isContext: (part: string) => boolean;
  /** Whether an unknown word beside its words may not be passed over: they are about an edit, or ask for something too. */
  readonly isWeighty: (part: string) => boolean;
  /** Whether it only hands files over. */
  readonly isHandOver: (clause: string) => boolean;
  /** Whether it asks for something, whatever that be: a question, an order. Such a clause is no context. */
  readonly isDemand: (clause: string) => boolean;
  /** Refuses an export, among all that can be refused. */
  readonly refusesExport: RegExp;
  /** Cuts a clause that is not understood as a whole. */
  readonly conjunctions: RegExp;
};

/** A pattern out of a list of alternatives that runs over several lines. */
export function anyOf(list: string): string {
  return `(?:${list.trim().replaceAll(/\s*\n\s*/g, "")})`;
}

/** The same of Chinese words, which may begin alike: the longest comes first. */
export function longestOf(list: string): string {
  const all = list
    .trim()
    .split(/\||\s*\n\s*/)
    .filter((word) => word !== "");
  return `(?:${all.toSorted((one, other) => other.length - one.length).join("|")})`;
}

/** The alternatives of some patterns. */
export function either(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join("|"));
}

/** Several ways to ask for the same. */
export function coresFor(shared: Omit<Core, "pattern">, patterns: readonly string[]): Core[] {
  return patterns.map((pattern) => ({ ...shared, pattern: new RegExp(pattern) }));
}

/** What the clause asks for, piece by piece where it is not one request. */
export function readingsOf(clause: string, languageOf: (words: string) => Language, hasFiles: boolean): Reading[] {
  const language = languageOf(clause);
  const whole = readingOf(clause, language, hasFiles);
  if (whole !== "unknown") return [whole];
  const pieces = clause.split(language.conjunctions).map((piece) => piece.trim());
  if (pieces.length === 1) return ["unknown"];
  return pieces.filter((piece) => piece !== "").map((piece) => readingOf(piece, languageOf(piece), hasFiles));
}

function readingOf(clause: string, language: Language, hasFiles: boolean): Reading {
  const core = language.cores.find((one) => isAskedIn(clause, one, language));
  if (core !== undefined) return core.asks;
  if (language.isDemand(clause)) return "unknown";
  if (hasFiles && language.isHandOver(clause)) return "hand-over";
  const words = clause.replace(" ?", "");
  if (unknownIn(words, language.smallWords) > 0 && !language.isContext(words)) return "unknown";
  return language.refusesExport.test(words) ? "no-export" : "context";
}

function isAskedIn(
  clause: string,
  { pattern, unless, smallWords, inContext, maxUnknown }: Core,
  language: Language,
): boolean {
  const found = pattern.exec(clause);
  if (found === null || unless.test(clause)) return false;
  const parts = [clause.slice(0, found.index), clause.slice(found.index + found[0].length)];
  return parts.every((part) => {
    const words = part.replace("?", "").trim();
    const unknown = unknownIn(words, smallWords);
    if (unknown === 0 || (unknown <= maxUnknown && !language.isWeighty(words))) return true;
    return inContext && language.isContext(words);
  });
}

/** How many words, or Chinese characters, are left of a part when all small words are taken out. */
function unknownIn(part: string, smallWords: RegExp): number {
  const rest = part.replaceAll(smallWords, " ");
  return rest.match(/\p{Script=Han}|[^\s\p{Script=Han}]+/gu)?.length ?? 0;
}
