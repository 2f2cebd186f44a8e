import { withoutGuiTalk } from "../domain/gui-reply.ts";
import { settledLength } from "../domain/passage.ts";
import { sentencesOf } from "../domain/sentence.ts";

/** Text that is not settled by then, such as a long list, is passed on all the same: whole sentences if there are any. */
const maxPendingChars = 2_000;

/**
 * The backend's words come in pieces; people see whole sentences and lists, without talk of an editor that they do not have.
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
      await pass(settledLength(pending));
      if (pending.length <= maxPendingChars) return;
      const last = sentencesOf(pending).at(-1) ?? "";
      await pass(pending.length - last.length);
      if (pending.length > maxPendingChars) await pass(pending.length);
    },
    async end(): Promise<void> {
      await pass(pending.length);
    },
  };
}
