import type { Credits } from "../backend-client/credits.ts";
import { answerText } from "../domain/answer-text.ts";
import { actionsIn, editAskedFor, guiReply } from "../domain/gui-reply.ts";
import type { Language } from "../domain/language.ts";
import type { GuiAction } from "../domain/reply-part.ts";
import { replyText } from "../domain/reply-text.ts";

/** What takes the place of the instructions that are carried out for nothing; null where it is not known. */
export type FreeAnswers = { summary: string | null; credits: Credits | null };

export type ReadReply = {
  /** For people: without talk of an editor, and with the answers of the free actions in its place. */
  text: string;
  actions: GuiAction[];
  /** What it asks its user to do by hand, as a message to the backend; null where it asks for nothing of the kind. */
  edit: string | null;
};

/** Turns what the backend said to the user of its editor into what the caller of an API can use. */
export function readReply(said: string, { summary, credits }: FreeAnswers, language: Language): ReadReply {
  const { parts } = guiReply(said);
  const answers: Partial<Record<GuiAction, string>> = {
    ...(summary !== null && { read_state: summary, show_tracks: summary }),
    ...(credits !== null && { read_credits: answerText({ action: "credits", ...credits }, false, language) }),
  };
  return { text: replyText(parts, answers), actions: actionsIn(parts), edit: editAskedFor(parts, language) };
}

/** About a third of the edits say nothing: then what changed is the answer. */
export function silentReply(changes: readonly string[], isChanged: boolean, language: Language): string {
  if (changes.length > 0) return changes.join("\n");
  if (language === "zh") return isChanged ? "时间线已更改。" : "时间线没有变化。";
  return isChanged ? "The timeline was changed." : "Nothing on the timeline has changed.";
}
