import type { BackendSession } from "./session.ts";

/** What is told while a message runs. Text is not yet translated from the words of a GUI. */
export type MessageEvent =
  | { type: "text"; text: string }
  | { type: "tool" }
  /** Nothing was shown for a while; `text` says so. */
  | { type: "still_working"; text: string };

export type MessageInput = {
  session: BackendSession;
  text: string;
  /** Must not throw. */
  onEvent: (event: MessageEvent) => void;
  /**
   * Called right before the message goes out, and again before it goes out a second time (after a 1001 or 429, which mean that
   * it did not run). This is where to mark it as being sent; when it throws, nothing is sent and the error is passed on.
   */
  beforeSend: () => Promise<void>;
  signal: AbortSignal;
};
