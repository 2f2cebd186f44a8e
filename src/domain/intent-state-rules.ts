import type { Concept } from "./intent-lexicon.ts";
import { asking, itsProject, rulesFor, toFile } from "./intent-rule.ts";

/** What may be asked to be ready, and how. */
const workedOn: readonly Concept[] = ["job", "items", "media", "timeline", "upload", "uploaded", "modifier"];
const progressing: readonly Concept[] = ["ready", "busy", "not", "status", "soFar", "left", "be"];
const howFar: readonly Concept[] = ["why", "when", "duration", "howMany", "condition", "target", "time"];

export const readyRules = rulesFor("ready", [
  {
    needs: [["ready", "exported", "busy"], ["question"]],
    also: [...itsProject, ...asking, ...toFile, ...workedOn, ...progressing, ...howFar],
  },
  // "Tell me when it is done", "好了告诉我".
  { needs: [["ready"], ["tell"]], also: [...itsProject, "condition", "be"] },
  {
    needs: [["did"], ["question"], ["export", "save", "send", "make"]],
    also: [...itsProject, ...asking, "job", "output", "be"],
  },
  {
    needs: [["when"], [...itsProject, "ready", "export", "give", "send", "save"]],
    also: [...itsProject, ...asking, ...toFile, "ready", "busy", "watch", "output", "be"],
  },
]);

const ofWhen: readonly Concept[] = ["why", "time", "old", "circumstance"];

export const stateRules = rulesFor("state", [
  {
    needs: [["status"]],
    also: [
      ...itsProject,
      ...asking,
      ...toFile,
      ...workedOn,
      ...progressing,
      ...ofWhen,
      "newVideo",
      "indefinite",
      "going",
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
    also: [...itsProject, ...asking, "items", "howMany", "soFar", "exist", "going", "indefinite", "modifier"],
  },
  // "Which clips are there?", but not "which music is good?"
  {
    needs: [
      ["items", "media"],
      ["what", "howMany", "list", "tell"],
      ["video", "project", "soFar", "exist", "uploaded", "list"],
    ],
    also: [...asking, "ready", "indefinite", "exist", "soFar"],
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
  {
    needs: [["items", "media"], ["exist"], ["question"]],
    also: ["indefinite", "video", "project", "timeline", "soFar"],
  },
  // "Has the title been added?", but not "can I have it added?"
  {
    needs: [["changed"], ["did", "be"], ["question"]],
    also: [...itsProject, "items", "timeline", "modifier", "soFar", "indefinite"],
  },
  { needs: [["did"], ["items"], ["video", "project", "timeline"], ["question"]], also: ["soFar", "indefinite"] },
  { needs: [["what", "howMany"], ["property"]], also: [...itsProject, "question", "tell", "timeline", "soFar", "job"] },
  { needs: [["howMany"], ["video"], ["exist", "soFar", "project"]], also: ["question", "timeline", "indefinite"] },
  {
    needs: [["duration"]],
    also: [...itsProject, ...asking, ...toFile, ...progressing, "timeline", "exist", "howMany"],
  },
]);
