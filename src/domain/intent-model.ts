/** What people may ask for, in the order of the model's weights. */
export const intents = ["export", "credits", "state", "upload", "message"] as const;
export type Intent = (typeof intents)[number];

/** For each feature, how much it speaks for each intent. */
export type Weights = ReadonlyMap<string, readonly number[]>;

/**
 * How likely each intent is. Each clause is judged by itself, and what speaks for an intent is its best clause: so a clause that asks
 * for an edit counts in full, whatever else is asked for, and one that only tells something counts for nothing.
 */
export function likelihoods(weights: Weights, clauses: readonly (readonly string[])[]): number[] {
  const scores = clauses.map((features) => clauseScores(weights, features));
  return softmax(intents.map((_, at) => Math.max(...scores.map((clause) => clause[at] ?? 0))));
}

/** The sum of the known features' weights, over the root of their number, so that long clauses are not louder than short ones. */
export function clauseScores(weights: Weights, features: readonly string[]): number[] {
  const known = features.flatMap((feature) => [weights.get(feature) ?? []].filter(({ length }) => length > 0));
  const scale = Math.sqrt(Math.max(1, known.length));
  return intents.map((_, at) => known.reduce((sum, weight) => sum + (weight[at] ?? 0), 0) / scale);
}

export function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Weights as `scripts/train-intents.ts` writes them: a feature and its weights in hundredths, the next after a semicolon. */
export function parseWeights(text: string): Weights {
  return new Map(
    text.split(";").map((line): [string, number[]] => {
      const [feature = "", ...hundredths] = line.split(" ");
      return [feature, hundredths.map((number) => Number(number) / 100)];
    }),
  );
}
