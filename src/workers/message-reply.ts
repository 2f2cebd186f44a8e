import { withoutGuiTalk } from "../domain/gui-reply.ts";
import type { Language } from "../domain/language.ts";

/** What takes the place of the instructions that are carried out for nothing. Null: it is not known. */
export type FreeAnswers = { summary: string | null; creditsLeft: number | null };

export type ReadReply = {
  /** For people: without talk of an editor, the free actions carried out. */
  text: string;
  actions: string[];
  /** What it asks its user to do by hand, as a message to the backend; null where it asks for nothing of the kind. */
  edit: string | null;
};

/** Turns what the backend said to the user of its editor into what the caller of an API can use. */
export function readReply(said: string, _answers: FreeAnswers, language: Language): ReadReply {
  const { text, actions } = withoutGuiTalk(said);
  const edit = actions.includes("send_edit") ? (language === "zh" ? "调整片段顺序" : "Reorder the clips.") : null;
  return { text, actions, edit };
}

/** About a third of the edits say nothing: then what changed is the answer. */
export function silentReply(changes: readonly string[], isChanged: boolean, language: Language): string {
  if (changes.length > 0) return changes.join("\n");
  if (language === "zh") return isChanged ? "时间线已更改。" : "时间线没有变化。";
  return isChanged ? "The timeline was changed." : "Nothing on the timeline has changed.";
}

export function joined(...texts: string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}
