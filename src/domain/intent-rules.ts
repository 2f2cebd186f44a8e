import type { Concept } from "./intent-lexicon.ts";
import { asking, askingForFile, it, itsProject, like, rulesFor, toFile, type Rule } from "./intent-rule.ts";
import { readyRules, stateRules } from "./intent-state-rules.ts";

const askingForNumber: readonly Concept[] = ["question", "show", "tell", "where", "howMany", "going", "did", "exist"];
const accounting: readonly Concept[] = ["left", "account", "used", "ready", "soFar", "status", "not", "circumstance"];
const aboutCredits = [...askingForNumber, ...accounting];

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

const uploadable: readonly Concept[] = ["media", "newVideo", "indefinite", "exist", "modifier"];

const uploadRules = rulesFor("upload", [
  {
    needs: [["upload"]],
    also: [...itsProject, ...asking, ...uploadable, "timeline", "target", "output", "limits", "howMany", "here", "be"],
  },
]);

/** Beside the video itself. */
const exportable: readonly Concept[] = ["newVideo", "timeline", "ready"];

const exportRules = rulesFor("export", [
  {
    needs: [["export"]],
    also: [...itsProject, ...askingForFile, ...toFile, ...like, ...exportable, "send", "give", "tell", "start"],
  },
  { needs: [["export"], ["finished"], ["what", "make"]], also: [...itsProject, ...askingForFile, ...like] },
  { needs: [["export"], ["button"], ["where", "exist"]], also: ["video", "question"] },
  {
    needs: [["save"], [...it, "output", "target"]],
    also: ["question", "how", "where", "send", "give", "want", "ready", "be"],
  },
  // "Can you get it to me?"
  { needs: [["give"], ["it"], ["toMe"]], also: [...askingForFile, ...like] },
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

const companionRules: readonly Rule[] = [
  ...rulesFor("courtesy", [
    { needs: [["courtesy"]], also: [...itsProject, "output", "indefinite"] },
    // "Can you check?"
    { needs: [["show", "tell"]], also: ["question", "it"] },
    // "I need it tonight": says when, but leaves open what.
    { needs: [["inUse"]], also: [...it, "time", "number"] },
    // "My client is waiting."
    { needs: [["circumstance"]], also: [...it, "be", "time", "number", "indefinite", "exist", "did", "condition"] },
    // "I lost the old file."
    { needs: [["lost"]], also: [...it, "old", "time", "circumstance", "export", "exported", "indefinite"] },
  ]),
  {
    sense: "has-media",
    needs: [["exist"], ["media", "video", "newVideo"]],
    also: ["indefinite", "target", "here", "modifier"],
  },
  { sense: "output", needs: [like], also: ["finished", "indefinite", "want"] },
];

export const rules: readonly Rule[] = [
  ...creditRules,
  ...exportLaterRules,
  { sense: "when-ready", needs: [["condition"]], also: [...itsProject, "ready", "be", "modifier"] },
  ...readyRules,
  ...stateRules,
  ...uploadRules,
  ...exportRules,
  ...companionRules,
];

/** Comes first where there are files: what hands them over and asks for nothing. */
export const handOverRule: Rule = {
  sense: "hand-over",
  needs: [["here", "media", "video", "upload", "uploaded"]],
  also: ["newVideo", "it", "items", "finished", "project", "indefinite", "target", "output", "exist", "modifier"],
};
