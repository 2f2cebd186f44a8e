import { chinese } from "./intent-chinese.ts";
import { english } from "./intent-english.ts";
import { readingsOf, type Language, type Reading } from "./intent-language.ts";
import { clausesOf, hasQuotedPart, plainText, unquoted } from "./intent-text.ts";

/**
 * What a person's words ask for: the table in docs/backend-protocol.md, "What a person's message means".
 *
 * Only a message can do what was not understood, and a wrong answer ignores a request. So a keyword is not enough: a text is an export,
 * say, if one of its clauses asks for that in so many words, and all the rest of it is known to ask for nothing.
 */
export const intents = ["export", "credits", "state", "upload", "message"] as const;
export type Intent = (typeof intents)[number];

/** A longer text is a script or a briefing. It also bounds the work. */
const MAX_REQUEST_CHARS = 300;

/** @returns `upload`: files are to be put into the session first. Then `action`; "upload" means that nothing else is asked for. */
export function intentOf(input: { text: string; hasFiles: boolean }): { action: Intent; upload: boolean } {
  return { action: actionOf(input.text.trim(), input.hasFiles), upload: input.hasFiles };
}

function actionOf(text: string, hasFiles: boolean): Intent {
  if (text.length > MAX_REQUEST_CHARS) return "message";
  const plain = plainText(unquoted(text));
  // What is quoted is content: "add a caption that says 'Download now'".
  if (hasQuotedPart(plain)) return "message";
  const readings = clausesOf(plain).flatMap((clause) => readingsOf(clause, languageOf, hasFiles));
  return actionFor(new Set(readings), hasFiles);
}

function actionFor(readings: ReadonlySet<Reading>, hasFiles: boolean): Intent {
  const asked = new Set(readings);
  asked.delete("context");
  asked.delete("hand-over");
  if (hasFiles) asked.delete("upload");
  if (!asked.has("export")) asked.delete("no-export");
  const isOnly = (...wanted: Reading[]) => asked.size > 0 && [...asked].every((one) => wanted.includes(one));
  if (isOnly("credits")) return "credits";
  if (isOnly("state", "ready")) return "state";
  if (isOnly("export", "ready")) return "export";
  return isOnly("upload") || (hasFiles && asked.size === 0) ? "upload" : "message";
}

function languageOf(words: string): Language {
  return /\p{Script=Han}/u.test(words) ? chinese : english;
}
