import { featuresOf } from "./intent-features.ts";
import { askedIn, intents, likelihoods, parseWeights, type Intent } from "./intent-model.ts";
import { intentWeights } from "./intent-weights.ts";

const weights = parseWeights(intentWeights);

/** A longer text is a script or a briefing. It also bounds the work. */
const maxRequestChars = 300;
/** An intent must be likelier than all others together, or the backend is to answer. */
const minLikelihood = 0.5;

/**
 * What a person's words ask for: the table in docs/backend-protocol.md, "What a person's message means". A model that has learned from
 * sentences decides (docs/intents.md); in doubt it is a message, since only that can do what was not understood.
 * @returns `upload`: files are to be put into the session first. Then `action`; "upload" means that nothing else is asked for.
 */
export function intentOf(input: { text: string; hasFiles: boolean }): { action: Intent; upload: boolean } {
  return { action: actionOf(input), upload: input.hasFiles };
}

function actionOf({ text, hasFiles }: { text: string; hasFiles: boolean }): Intent {
  if (text.trim() === "") return hasFiles ? "upload" : "message";
  if (text.length > maxRequestChars) return "message";
  const asked = featuresOf(text).map((features) => askedIn(weights, features));
  const likely = likelihoods(asked, hasFiles);
  return intents.find((intent) => likely[intent] > minLikelihood) ?? "message";
}
