/** What a message is taken for. */
export const intents = ["export", "credits", "state", "upload", "message"] as const;
export type Intent = (typeof intents)[number];

/**
 * What one clause may ask for, in the order of the model's weights; `other` is whatever only the backend can do or answer. A clause may
 * also ask for nothing, which has no weights: it is what the others are measured against.
 */
export const requests = ["export", "credits", "state", "upload", "other"] as const;
export type Request = (typeof requests)[number];

/** For each feature of a clause, how much it speaks for each request. */
export type Weights = ReadonlyMap<string, readonly number[]>;

/** How likely a clause asks for each of the `requests`, and, last, for nothing. They add up to 1. */
export type Asked = readonly number[];

/** What a clause asks for, by its known features. */
export function askedIn(weights: Weights, features: readonly string[]): Asked {
  return askedBy(features.flatMap((feature) => [weights.get(feature) ?? []].filter(({ length }) => length > 0)));
}

/** The sum of the features' weights, over the root of their number, so that long clauses are not louder than short ones, as probabilities. */
export function askedBy(weights: readonly (readonly number[])[]): Asked {
  const scale = Math.sqrt(Math.max(1, weights.length));
  const scores = requests.map((_, at) => weights.reduce((sum, weight) => sum + (weight[at] ?? 0), 0) / scale);
  return softmax([...scores, 0]);
}

/**
 * How likely each intent is for a text of these clauses: what the text asks for is what its clauses ask for together. Asking whether the
 * video is done and asking for it is asking for it; any other two things are a message. Files that come along are what an upload
 * asks for: with them it needs no words, and changes nothing about others.
 */
export function likelihoods(clauses: readonly Asked[], hasFiles: boolean): Record<Intent, number> {
  const within = (...allowed: Request[]): number => nothingBeyond(clauses, allowed, hasFiles);
  const [nothing, state] = [within(), within("state")];
  const known = {
    export: within("export", "state") - state,
    credits: within("credits") - nothing,
    state: state - nothing,
    upload: hasFiles ? nothing : within("upload") - nothing,
  };
  return { ...known, message: 1 - known.export - known.credits - known.state - known.upload };
}

/** How likely no clause asks for anything that is not allowed; an upload always is where there are files. */
export function nothingBeyond(clauses: readonly Asked[], allowed: readonly Request[], hasFiles: boolean): number {
  const isAllowed = requests.map((request) => allowed.includes(request) || (hasFiles && request === "upload"));
  const allowedIn = (asked: Asked): number =>
    asked.reduce((sum, likelihood, at) => ((isAllowed[at] ?? true) ? sum + likelihood : sum), 0);
  return clauses.reduce((all, asked) => all * allowedIn(asked), 1);
}

function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Weights as `scripts/train-intents.ts` writes them: a feature and its weights in hundredths, the next after a semicolon or on the next line. */
export function parseWeights(text: string): Weights {
  return new Map(
    text.split(/[;\n]/).map((line): [string, number[]] => {
      const [feature = "", ...hundredths] = line.split(" ");
      return [feature, hundredths.map((number) => Number(number) / 100)];
    }),
  );
}
