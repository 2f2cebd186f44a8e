import { clausesOf, plainText, unquoted } from "./intent-text.ts";

/** Where one sentence may say two things. */
const conjunction = /\b(?:and|then|but|so|after|before|once|first)\b|然后|并且|接着|但是|不过|之后|再(?!也|次)/;
const token = /[a-z0-9:]+|\p{Script=Han}|\?/gu;

/**
 * What the model looks at: for each clause of a text its words (Chinese characters), pairs and triples of them, and pairs with one between
 * them; roughly how long it is; and whether files come with the text. A text without words has one clause.
 */
export function featuresOf({ text, hasFiles }: { text: string; hasFiles: boolean }): string[][] {
  const clauses = clausesOf(plainText(unquoted(text.trim())))
    .flatMap((clause) => clause.split(conjunction))
    .filter((clause) => clause.trim() !== "");
  return (clauses.length === 0 ? [""] : clauses).map((clause) => clauseFeatures(clause, hasFiles));
}

function clauseFeatures(clause: string, hasFiles: boolean): string[] {
  const tokens = clause.match(token) ?? [];
  const sequence = ["^", ...tokens, "$"];
  const around = sequence.flatMap((first, at) => {
    const [second, third] = [sequence[at + 1], sequence[at + 2]];
    if (second === undefined) return [first];
    if (third === undefined) return [first, `${first}_${second}`];
    return [first, `${first}_${second}`, `${first}_${second}_${third}`, `${first}_*_${third}`];
  });
  const length = `length${Math.min(5, Math.floor(Math.log2(1 + tokens.length)))}`;
  return [...new Set([hasFiles ? "files" : "nofiles", length, ...around])];
}
