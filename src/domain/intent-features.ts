import { clausesOf, plainText, unquoted } from "./intent-text.ts";

const token = /[a-z0-9:]+|\p{Script=Han}|\?/gu;
/** Parts of a word stand for it where it has another ending, or a slip. */
const partChars = [3, 4, 5];

/**
 * What the model looks at: for each clause of a text its words (Chinese characters), pairs and triples of them, pairs with one between
 * them, and parts of the words; and roughly how long it is. A text without words has one clause.
 */
export function featuresOf(text: string): string[][] {
  const clauses = clausesOf(plainText(unquoted(text.trim())));
  return (clauses.length === 0 ? [""] : clauses).map(clauseFeatures);
}

function clauseFeatures(clause: string): string[] {
  const tokens = clause.match(token) ?? [];
  const sequence = ["^", ...tokens, "$"];
  const around = sequence.flatMap((first, at) => {
    const [second, third] = [sequence[at + 1], sequence[at + 2]];
    if (second === undefined) return [first];
    if (third === undefined) return [first, `${first}_${second}`];
    return [first, `${first}_${second}`, `${first}_${second}_${third}`, `${first}_*_${third}`];
  });
  const length = `length${Math.min(5, Math.floor(Math.log2(1 + tokens.length)))}`;
  return [...new Set([length, ...around, ...tokens.flatMap(partsOf)])];
}

function partsOf(word: string): string[] {
  if (!/^[a-z]{3,}$/.test(word)) return [];
  const whole = `<${word}>`;
  return partChars.flatMap((chars) =>
    Array.from({ length: Math.max(0, whole.length - chars + 1) }, (_, at) => `~${whole.slice(at, at + chars)}`),
  );
}
