/**
 * Learns what people ask for from the sentences in `test/fixtures/intents`: `npm run train-intents`. Writes src/domain/intent-weights.ts.
 *
 * Nobody has said which clause of a sentence asks for what. So it is learned by gradient descent (Adagrad) on the likelihood of what the
 * sentence as a whole is, through the rule by which clauses make a sentence (`likelihoods`). Beside the sentences themselves there are two
 * kinds of made ones: a circumstance put to a sentence changes nothing about it, and a message joined with a request stays a message.
 */
import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import { featuresOf } from "../src/domain/intent-features.ts";
import { askedBy, intents, likelihoods, nothingBeyond, requests, type Asked } from "../src/domain/intent-model.ts";

const folder = "test/fixtures/intents";
const epochs = 12;
/** It shows soon which features say most. */
const selectingEpochs = 4;
const rate = 0.5;
/** Features of fewer texts (not of those made of them) say more about a text than about what is asked for. */
const minSamples = 4;
/** How many features are kept: those that say most. */
const maxFeatures = 20_000;
/** One or two words are all that there is to go by, and what is said most often. */
const shortChars = 12;
const shortWeight = 2;
const circumstancesPerSample = 2;
const circumstanceWeight = 0.5;
const joinedPerMessage = 4;
const joinedWeight = 1;
const featuresPerLine = 200;
const leastLikelihood = 1e-6;

const sampleSchema = z.strictObject({
  text: z.string(),
  hasFiles: z.boolean().default(false),
  action: z.enum(intents),
  beside: z.boolean().default(false).describe("Asks for nothing: may stand beside a request without changing it."),
});
type Sample = z.output<typeof sampleSchema>;
type Feature = { weights: number[]; squares: number[] };
type Example = { clauses: Feature[][]; sample: Sample; weight: number };

const random = createRandom(7);
const linesOf = async (name: string): Promise<string[]> =>
  (await readFile(`${folder}/${name}`, "utf8")).trim().split("\n");
const samples = (await linesOf("training.jsonl")).map((line) => sampleSchema.parse(JSON.parse(line)));
const circumstances = [
  ...(await linesOf("circumstances.txt")),
  ...samples.filter(({ beside }) => beside).map(({ text }) => text),
];
const weighed = [
  ...samples.map((sample) => ({ sample, weight: isShort(sample.text) ? shortWeight : 1 })),
  ...withCircumstances().map((sample) => ({ sample, weight: circumstanceWeight })),
  ...joined().map((sample) => ({ sample, weight: joinedWeight })),
].map(({ sample, weight }) => ({ sample, weight, clauses: featuresOf(sample.text) }));

const common = learnFrom(isCommon(), selectingEpochs);
const strongest = new Set(
  [...common]
    .toSorted(([, one], [, other]) => strength(other) - strength(one))
    .slice(0, maxFeatures)
    .map(([name]) => name),
);
const kept = learnFrom((name) => strongest.has(name), epochs);
await writeFile("src/domain/intent-weights.ts", sourceOf(kept));
console.log(`Learned from ${samples.length} sentences, and ${weighed.length - samples.length} made of them.`);

function isShort(text: string): boolean {
  return text.length <= shortChars && text.trim().split(" ").length <= 2;
}

function withCircumstances(): Sample[] {
  const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);
  const asking = samples.filter(({ beside }) => !beside);
  const [chinese, english] = [circumstances.filter(isChinese), circumstances.filter((text) => !isChinese(text))];
  return asking.flatMap((sample) =>
    Array.from({ length: circumstancesPerSample }, () => {
      const isInChinese = isChinese(sample.text);
      const joint = pick(isInChinese ? ["，", "。", " "] : [", ", ". ", " "]);
      return { ...sample, text: inAnyOrder(sample.text, joint, pick(isInChinese ? chinese : english)) };
    }),
  );
}

function joined(): Sample[] {
  const messages = samples.filter(({ action, beside }) => action === "message" && !beside);
  const others = samples.filter(({ action, hasFiles }) => !hasFiles && ["export", "credits", "state"].includes(action));
  return messages.flatMap((message) =>
    Array.from({ length: joinedPerMessage }, () => {
      const text = inAnyOrder(
        message.text,
        pick([". ", "! ", ", and ", "，然后", "！", "\n", " then "]),
        pick(others).text,
      );
      return { ...message, text };
    }),
  );
}

/** Whether a feature occurs in enough texts to learn from. */
function isCommon(): (name: string) => boolean {
  const counts = new Map<string, number>();
  const distinct = [...samples.map(({ text }) => text), ...circumstances];
  for (const name of distinct.flatMap((text) => featuresOf(text).flat())) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (name) => (counts.get(name) ?? 0) >= minSamples;
}

function learnFrom(isUsed: (name: string) => boolean, rounds: number): Map<string, Feature> {
  const features = new Map<string, Feature>();
  const featureOf = (name: string): Feature => {
    const known = features.get(name) ?? { weights: requests.map(() => 0), squares: requests.map(() => 0.01) };
    features.set(name, known);
    return known;
  };
  const examples = weighed.map(({ sample, weight, clauses }) => ({
    sample,
    weight,
    clauses: clauses.map((names) => names.filter(isUsed).map(featureOf)),
  }));
  for (let round = 0; round < rounds; round++) for (const example of shuffled(examples)) learn(example);
  return features;
}

/** One step towards what the sentence is. */
function learn({ clauses, sample, weight }: Example): void {
  const asked = clauses.map((features) => askedBy(features.map(({ weights }) => weights)));
  const likelihood = Math.max(leastLikelihood, likelihoodOf(sample, asked));
  for (const [at, features] of clauses.entries()) {
    const scale = weight / likelihood / Math.sqrt(Math.max(1, features.length));
    // Linear in what each clause asks for: its slope along one request is what it would be if that one were certain.
    const gradient = requests.map((_, request) => {
      const slope = likelihoodOf(sample, asked.with(at, certainly(request)));
      return scale * (asked[at]?.[request] ?? 0) * (slope - likelihood);
    });
    for (const { weights, squares } of features) {
      for (let request = 0; request < gradient.length; request++) {
        const step = gradient[request] ?? 0;
        const square = (squares[request] ?? 0) + step ** 2;
        squares[request] = square;
        weights[request] = (weights[request] ?? 0) + (rate * step) / Math.sqrt(square);
      }
    }
  }
}

function likelihoodOf({ action, hasFiles, beside }: Sample, asked: readonly Asked[]): number {
  return beside ? nothingBeyond(asked, [], hasFiles) : likelihoods(asked, hasFiles)[action];
}

function certainly(request: number): Asked {
  return [...requests, "nothing"].map((_, at) => (at === request ? 1 : 0));
}

function strength({ weights }: Feature): number {
  return Math.max(...weights, 0) - Math.min(...weights, 0);
}

function sourceOf(features: Map<string, Feature>): string {
  const rows = [...features]
    .map(([name, { weights }]) => [name, ...weights.map((weight) => Math.round(weight * 100))].join(" "))
    .toSorted((one, other) => (one < other ? -1 : 1));
  const lines = Array.from({ length: Math.ceil(rows.length / featuresPerLine) }, (_, at) =>
    rows.slice(at * featuresPerLine, (at + 1) * featuresPerLine).join(";"),
  );
  return `/** Made by scripts/train-intents.ts. A feature, and in hundredths how much it speaks for each of the \`requests\`. */\nexport const intentWeights = \`${lines.join("\n")}\`;\n`;
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
