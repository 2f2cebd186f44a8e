import { withoutGuiTalk } from "../domain/gui-reply.ts";
import { wholeSentencesLength } from "../domain/sentence.ts";

/** Text without an end of sentence is passed on at this length all the same. */
const maxPendingChars = 2_000;

/**
 * The backend's words come in pieces; people see whole sentences, without talk of an editor that they do not have.
 * `say` is called with each; `end` passes on what is left.
 */
export function createLiveText(say: (text: string) => Promise<void>) {
  let pending = "";

  async function pass(length: number): Promise<void> {
    const shown = withoutGuiTalk(pending.slice(0, length)).text.trim();
    pending = pending.slice(length);
    if (shown !== "") await say(shown);
  }

  return {
    async add(piece: string): Promise<void> {
      pending += piece;
      await pass(wholeSentencesLength(pending));
      if (pending.length > maxPendingChars) await pass(pending.length);
    },
    async end(): Promise<void> {
      await pass(pending.length);
    },
  };
}
