import { withoutGuiTalk } from "../domain/gui-reply.ts";

/** Text without an end of sentence is passed on at this length all the same. */
const maxPendingChars = 2_000;

/** Up to and including the last end of a sentence that is followed by white space, or a full-width one. */
const completeSentences = /^[\s\S]*(?:[.!?]["'”’)]*\s|[。！？\n])/u;

/**
 * The backend's words come in pieces; people see whole sentences, without talk of an editor that they do not have.
 * `say` is called with each; `end` passes on what is left.
 */
export function createLiveText(say: (text: string) => Promise<void>) {
  let pending = "";

  async function pass(text: string): Promise<void> {
    const shown = withoutGuiTalk(text).text.trim();
    if (shown !== "") await say(shown);
  }

  return {
    async add(piece: string): Promise<void> {
      pending += piece;
      const whole = pending.length > maxPendingChars ? pending : completeSentences.exec(pending)?.[0];
      if (whole === undefined) return;
      pending = pending.slice(whole.length);
      await pass(whole);
    },
    async end(): Promise<void> {
      await pass(pending);
      pending = "";
    },
  };
}
