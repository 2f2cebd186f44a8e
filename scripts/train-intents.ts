/**
 * Learns what people ask for from the sentences in `test/fixtures/intents`: `npm run train-intents`. Writes src/domain/intent-weights.ts.
 *
 * A linear model over the features of clauses, trained by stochastic gradient descent on the cross-entropy. As an intent's score is that of its
 * best clause, so is its gradient. Beside the sentences themselves it learns from two kinds of made ones: a circumstance put to a sentence
 * changes nothing about it, and a message joined with another request stays a message.
 */
import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import { featuresOf } from "../src/domain/intent-features.ts";
import { clauseScores, intents, softmax } from "../src/domain/intent-model.ts";

const folder = "test/fixtures/intents";
const epochs = 30;
const firstRate = 0.4;
const rateDecay = 0.2;
const regularisation = 0.003;
/** Rarer features say more about a sentence than about what is asked for. */
const minSamples = 3;
const shortChars = 12;
const shortWeight = 4;
const joinedPerMessage = 6;
const joinedWeight = 0.35;
/** What asks for nothing is a message when it stands alone, and must not speak for one when it does not. */
const besideWeight = 0.6;
/** Weights below say next to nothing, and need not be kept. */
const minHundredths = 20;

const sampleSchema = z.strictObject({
  text: z.string(),
  hasFiles: z.boolean().default(false),
  action: z.enum(intents),
  beside: z.boolean().default(false).describe("Asks for nothing: may stand beside a request without changing it."),
});
type Sample = z.output<typeof sampleSchema>;
type Example = { clauses: string[][]; action: number; weight: number };

const random = createRandom(7);
const lines = async (name: string): Promise<string[]> =>
  (await readFile(`${folder}/${name}`, "utf8")).trim().split("\n");
const samples = (await lines("training.jsonl")).map((line) => sampleSchema.parse(JSON.parse(line)));
const circumstances = [
  ...(await lines("circumstances.txt")),
  ...samples.filter(({ beside }) => beside).map(({ text }) => text),
];
const requests = samples.filter(({ action, hasFiles }) => !hasFiles && ["export", "credits", "state"].includes(action));
const given = samples.map((sample) => exampleOf(sample, weightOf(sample)));
const made = [
  ...samples.filter(({ beside }) => !beside).map((sample) => exampleOf(withCircumstance(sample), 1)),
  ...joined().map((sample) => exampleOf(sample, joinedWeight)),
];
await writeFile("src/domain/intent-weights.ts", sourceOf(train(withoutRareFeatures([...given, ...made]))));
console.log(`Learned from ${given.length} sentences, and ${made.length} made of them.`);

/** One or two words are all that there is to go by, and what is said most often. */
function weightOf({ text, beside }: Sample): number {
  if (beside) return besideWeight;
  return text.length <= shortChars && text.trim().split(" ").length <= 2 ? shortWeight : 1;
}

function exampleOf(sample: Sample, weight: number): Example {
  return { clauses: featuresOf(sample), action: intents.indexOf(sample.action), weight };
}

function withCircumstance(sample: Sample): Sample {
  const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);
  const chinese = isChinese(sample.text);
  const circumstance = pick(circumstances.filter((text) => isChinese(text) === chinese));
  const joint = pick(chinese ? ["，", "。", " "] : [", ", ". ", " "]);
  return { ...sample, text: inAnyOrder(sample.text, joint, circumstance) };
}

function joined(): Sample[] {
  const messages = samples.filter(({ action, beside }) => action === "message" && !beside);
  const withMessage = messages.flatMap((message) =>
    Array.from({ length: joinedPerMessage }, () => joinedTo(message, pick(requests))),
  );
  const apart = requests.map((request) => [request, pick(requests)] as const);
  return [
    ...withMessage,
    ...apart.filter(([one, other]) => isAnsweredApart(one, other)).map(([one, other]) => joinedTo(one, other)),
  ];
}

function joinedTo(sample: Sample, other: Sample): Sample {
  const text = inAnyOrder(sample.text, pick([". ", ", and ", "，然后", "\n", " then "]), other.text);
  return { ...sample, action: "message", text };
}

/** An export also answers whether the video is done. */
function isAnsweredApart(one: Sample, other: Sample): boolean {
  return one.action !== other.action && [one, other].some(({ action }) => action === "credits");
}

function withoutRareFeatures(all: Example[]): Example[] {
  const counts = new Map<string, number>();
  for (const feature of all.flatMap(({ clauses }) => clauses.flat()))
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const isCommon = (feature: string): boolean => (counts.get(feature) ?? 0) >= minSamples;
  return all.map((example) => ({ ...example, clauses: example.clauses.map((features) => features.filter(isCommon)) }));
}

function train(all: Example[]): Map<string, number[]> {
  const weights = new Map<string, number[]>();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = firstRate / (1 + epoch * rateDecay);
    for (const example of shuffled(all)) learn(weights, example, rate);
  }
  return weights;
}

function learn(weights: Map<string, number[]>, { clauses, action, weight }: Example, rate: number): void {
  const scores = clauses.map((features) => clauseScores(weights, features));
  const best = intents.map((_, at) =>
    scores.reduce((top, clause, index) => ((clause[at] ?? 0) > (scores[top]?.[at] ?? 0) ? index : top), 0),
  );
  const likely = softmax(best.map((index, at) => scores[index]?.[at] ?? 0));
  for (const [at, index] of best.entries()) {
    const features = clauses[index] ?? [];
    const error = (at === action ? 1 : 0) - (likely[at] ?? 0);
    const step = (rate * weight * error) / Math.sqrt(Math.max(1, features.length));
    for (const feature of features) {
      const known = weights.get(feature) ?? intents.map(() => 0);
      known[at] = (known[at] ?? 0) * (1 - rate * regularisation) + step;
      weights.set(feature, known);
    }
  }
}

function sourceOf(weights: Map<string, number[]>): string {
  const kept = [...weights]
    .map(([feature, values]): [string, number[]] => [feature, values.map((value) => Math.round(value * 100))])
    .filter(([, hundredths]) => hundredths.some((value) => Math.abs(value) >= minHundredths))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const text = kept.map(([feature, hundredths]) => `${feature} ${hundredths.join(" ")}`).join(";");
  return `/** Made by scripts/train-intents.ts. A feature, and in hundredths how much it speaks for each of the \`intents\`. */\nexport const intentWeights = \`${text}\`;\n`;
}

function inAnyOrder(one: string, joint: string, other: string): string {
  return random() < 0.5 ? one + joint + other : other + joint + one;
}

function pick<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("There is nothing to pick from");
  return item;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item): [number, Item] => [random(), item])
    .toSorted(([one], [other]) => one - other)
    .map(([, item]) => item);
}

/** The same numbers each time (Lehmer's generator), so that the same sentences make the same weights. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
