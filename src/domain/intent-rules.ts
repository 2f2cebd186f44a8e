import type { Concept } from "./intent-lexicon.ts";

/**
 * What a sentence can ask for. `ready` is a question that an export answers too ("Is it done? Send it to me."); `output` only says how
 * ("In 1080p, please."); `hand-over` comes with files ("Here are the photos."); `courtesy` asks for nothing.
 */
export type Sense =
  | "export"
  | "credits"
  | "state"
  | "ready"
  | "upload"
  | "hand-over"
  | "when-ready"
  | "output"
  | "courtesy";

/**
 * A sentence has the sense of the first rule that explains *all* its words: it has at least one word of each group in `needs`, and
 * every other word is in `also`, in `needs` or in `always`. The order of words does not count, since English and Chinese differ in it.
 */
export type Rule = {
  readonly sense: Sense;
  readonly needs: readonly (readonly Concept[])[];
  readonly also: readonly Concept[];
};

function rulesFor(sense: Sense, explanations: readonly Omit<Rule, "sense">[]): Rule[] {
  return explanations.map((explanation) => ({ sense, ...explanation }));
}

export const always: readonly Concept[] = ["courtesy", "filler", "definite", "auxiliary", "please", "may"];

/** The thing itself, however it is called. */
const it: readonly Concept[] = ["video", "finished", "it"];
const itsProject: readonly Concept[] = [...it, "project"];
/** How one asks to be told or given something. */
const asking: readonly Concept[] = [
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
const askingForFile: readonly Concept[] = [
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
const toFile: readonly Concept[] = ["export", "save", "exported"];
const like: readonly Concept[] = ["output", "target"];

const aboutCredits: readonly Concept[] = [
  ...(["question", "show", "tell", "where", "howMany", "going", "did", "not", "exist"] as const),
  ...(["left", "account", "used", "ready", "soFar", "status"] as const),
];

const creditRules = rulesFor("credits", [
  {
    needs: [["credits"], ["enough", "left"]],
    also: [...aboutCredits, ...it, "newVideo", "indefinite", "make", "export", "save", "what", "be", "want"],
  },
  // "What are credits?" and "I need credits" ask for something else than what is left of them.
  {
    needs: [["credits"], ["definite", "howMany", "left", "show", "tell", "account"]],
    also: [...aboutCredits, "indefinite", "what", "give", "send", "want", "output"],
  },
  { needs: [["credits"], ["how"], ["show", "tell", "going"]], also: [...aboutCredits, "want"] },
  { needs: [["credits"]], also: aboutCredits },
  { needs: [["points"], ["howMany", "left"]], also: [...aboutCredits, "indefinite"] },
  { needs: [["account"], ["left"], ["what", "howMany"]], also: aboutCredits },
]);

/** "Send it to me when it is done": before the rules for "is it done?", which have the same words. */
const exportLaterRules = rulesFor("export", [
  {
    needs: [["condition"], ["export", "save"]],
    also: [...itsProject, ...askingForFile, ...like, "ready", "send", "give", "tell"],
  },
  {
    needs: [["condition"], ["send", "give"], [...it, "ready"]],
    also: [...itsProject, ...askingForFile, ...like, "ready"],
  },
  // "Can it be downloaded by now?": an export is the best answer.
  { needs: [["export", "save"], ["may"], ["did"]], also: [...itsProject, ...askingForFile, ...like] },
  {
    needs: [["exported"], ["give", "want"]],
    also: [...itsProject, ...askingForFile, ...like, "give"],
  },
]);

const readyRules = rulesFor("ready", [
  {
    needs: [["ready", "exported", "busy"], ["question"]],
    also: [
      ...([...itsProject, ...asking, ...toFile, "job", "items", "media", "timeline", "upload", "uploaded"] as const),
      ...(["ready", "busy", "be", "not", "why", "when", "duration", "howMany", "left", "soFar", "status"] as const),
      ...(["condition", "target", "modifier"] as const),
    ],
  },
  {
    needs: [["did"], ["question"], ["export", "save", "send", "make"]],
    also: [...itsProject, ...asking, "job", "output", "be"],
  },
  {
    needs: [["when"], [...itsProject, "ready", "export", "give", "send", "save"]],
    also: [...itsProject, ...asking, ...toFile, "ready", "busy", "watch", "output", "be"],
  },
]);

const stateRules = rulesFor("state", [
  {
    needs: [["status"]],
    also: [
      ...([...itsProject, ...asking, "job", "newVideo", "media", "timeline", "export", "save", "upload"] as const),
      ...(["uploaded", "indefinite", "ready", "busy", "be", "why", "soFar", "going", "modifier"] as const),
    ],
  },
  {
    needs: [
      ["outline"],
      ["video", "it", "project", "job", "timeline", "soFar"],
      ["definite", "it", "timeline", "soFar"],
    ],
    also: [...asking, "indefinite"],
  },
  {
    needs: [["timeline"]],
    also: [...itsProject, ...asking, "items", "howMany", "soFar", "exist", "going", "indefinite"],
  },
  // "Which clips are there?", but not "which music is good?"
  {
    needs: [
      ["items", "media"],
      ["what", "howMany", "list", "tell"],
      ["video", "project", "soFar", "exist", "uploaded", "list"],
    ],
    also: [...asking, "ready", "indefinite"],
  },
  { needs: [["items"], ["show"], ["definite"]], also: ["question", "soFar", "project"] },
  {
    needs: [
      ["project", "job"],
      ["show", "what", "where", "how", "tell", "going"],
    ],
    also: [...asking, "items", "soFar", "exist", "ready", "output"],
  },
  {
    needs: [["what"], ["soFar", "uploaded"]],
    also: [...asking, "video", "it", "items", "media", "timeline", "exist", "ready"],
  },
  {
    needs: [["what"], ["video"], ["definite"]],
    also: ["question", "show", "tell", "items", "soFar", "exist"],
  },
  { needs: [["where"], ["video", "it"]], also: ["question", "tell", "finished", "soFar"] },
  {
    needs: [["how", "what"], ["going"]],
    also: [...itsProject, ...asking, "export", "save", "timeline", "soFar"],
  },
  { needs: [["items"], ["exist"], ["question"]], also: ["indefinite", "video", "project", "timeline", "soFar"] },
  { needs: [["howMany"], ["video"], ["exist", "soFar", "project"]], also: ["question", "timeline", "indefinite"] },
  {
    needs: [["duration"]],
    also: [
      ...itsProject,
      ...asking,
      "timeline",
      "export",
      "save",
      "busy",
      "ready",
      "exist",
      "soFar",
      "left",
      "status",
      "not",
    ],
  },
]);

const uploadRules = rulesFor("upload", [
  {
    needs: [["upload"]],
    also: [
      ...([...itsProject, ...asking, "media", "newVideo", "timeline", "target", "output", "limits"] as const),
      ...(["indefinite", "howMany", "here", "exist", "be"] as const),
    ],
  },
]);

const exportRules = rulesFor("export", [
  {
    needs: [["export"]],
    also: [
      ...([...itsProject, ...askingForFile, ...toFile, ...like, "newVideo", "timeline"] as const),
      ...(["send", "give", "tell", "ready", "start"] as const),
    ],
  },
  { needs: [["export"], ["finished"], ["what", "make"]], also: [...itsProject, ...askingForFile, ...like] },
  { needs: [["export"], ["button"], ["where", "exist"]], also: ["video", "question"] },
  {
    needs: [["save"], [...it, "output", "target"]],
    also: ["question", "how", "where", "send", "give", "want", "ready", "be"],
  },
  { needs: [["send"], it], also: [...askingForFile, ...like, "give", "ready"] },
  // "Give me the video", but not "give me a video".
  {
    needs: [["give", "show", "watch", "want"], ["video"], ["definite"]],
    also: [...like, "finished", "it", "question", "how", "where", "be"],
  },
  {
    needs: [["finished"], ["give", "send", "show", "watch", "want", "please", "where", "what", "courtesy"]],
    also: [...it, ...askingForFile, ...like],
  },
]);

export const rules: readonly Rule[] = [
  ...creditRules,
  ...exportLaterRules,
  { sense: "when-ready", needs: [["condition"]], also: [...itsProject, "ready", "be", "modifier"] },
  ...readyRules,
  ...stateRules,
  ...uploadRules,
  ...exportRules,
  { sense: "courtesy", needs: [["courtesy"]], also: [...itsProject, "output"] },
  { sense: "output", needs: [like], also: ["finished", "indefinite", "want"] },
];

/** Comes first where there are files: what hands them over and asks for nothing. */
export const handOverRule: Rule = {
  sense: "hand-over",
  needs: [["here", "media", "video", "upload", "uploaded"]],
  also: ["newVideo", "it", "items", "finished", "project", "indefinite", "target", "output", "exist", "modifier"],
};

/** Between a word that points ("the", "here is") and one of these, a word or two may be anything: "the coffee shop video". */
export const namedThings: readonly Concept[] = ["video", "finished", "media", "items", "project", "ready"];
