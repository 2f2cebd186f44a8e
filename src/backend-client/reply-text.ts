import { possibleIssueStart, splitTrailingIssue } from "./temporary-issue.ts";
import type { StreamEvent } from "./wire-event.ts";

type TextEvent = Extract<StreamEvent, { type: "text" }>;

/** Unmarked text that is shorter than this, after a single piece, is taken for the next piece ("ha", "ha") and not for its repeat. */
const shortestLonelyRepeat = 12;

/**
 * Joins the text of a stream, so that nothing is shown twice: pieces are given out as they come, and the whole text that the
 * runtime sends after them only where it holds more than they did. Spaces are ignored in the comparison. What is new after a
 * whole text or a tool call begins a new paragraph.
 */
export function createReplyText({ maxChars }: { maxChars: number }) {
  let shown = "";
  /** All pieces, and those which no whole text has repeated yet. */
  let streamed = "";
  let unconfirmed = "";
  let unconfirmedPieces = 0;
  let beginsParagraph = false;
  /** Text that is, or may become, a notice of a temporary issue, which is noise if it stays the last. */
  let held = "";
  let isTruncated = false;

  /** Takes a text event; returns what is new to show, often nothing. */
  function add(event: TextEvent): string {
    const fresh = freshPartOf(event);
    if (isTruncated || fresh === "" || (beginsParagraph && fresh.trim() === "")) return "";
    const gap = beginsParagraph && shown.trim() !== "" ? "\n\n" : "";
    beginsParagraph = event.as === "whole";
    const pending = held + gap + fresh;
    const start = possibleIssueStart(pending);
    // As the first words of a reply it may be all that there is.
    const isFirst = (shown + pending.slice(0, start)).trim() === "";
    const delta = isFirst ? pending : pending.slice(0, start);
    held = pending.slice(delta.length);
    const room = maxChars - shown.length;
    isTruncated = delta.length > room;
    const fitting = isTruncated ? delta.slice(0, room).toWellFormed() : delta;
    shown += fitting;
    return fitting;
  }

  /** A tool call or result: what comes after it is a new paragraph. */
  function interrupt(): void {
    beginsParagraph = true;
  }

  /**
   * The whole text, and what of it is still to be shown. After a normal end, trailing notices of a temporary issue are dropped as
   * noise, unless they are all there is.
   */
  function finish({ isNormal }: { isNormal: boolean }): { text: string; rest: string; isTruncated: boolean } {
    const said = isTruncated ? shown : shown + held;
    const before = isNormal ? splitTrailingIssue(said)?.before : undefined;
    const kept = before === undefined || before.trim() === "" ? said : before;
    return { text: kept.trim(), rest: kept.slice(shown.length), isTruncated };
  }

  function freshPartOf({ text, as }: TextEvent): string {
    switch (as) {
      case "piece":
        return asPiece(text);
      case "whole":
        return asWhole(text);
      case "unmarked":
        return isRepeat(text) ? asWhole(text) : asPiece(text);
    }
  }

  function asPiece(text: string): string {
    // Past the limit nothing is shown any more, so nothing need be compared.
    if (isTruncated) return "";
    streamed += text;
    unconfirmed += text;
    unconfirmedPieces += 1;
    return text;
  }

  function asWhole(text: string): string {
    const hasPieces = unconfirmed.trim() !== "";
    const more = hasPieces ? afterPrefix(text, unconfirmed) : null;
    const left = hasPieces && more === null ? afterPrefix(unconfirmed, text) : null;
    if (left !== null) {
      unconfirmed = left;
      return "";
    }
    unconfirmed = "";
    unconfirmedPieces = 0;
    if (more !== null) return more;
    const moreThanAll = streamed.trim() === "" ? null : afterPrefix(text, streamed);
    // Without pieces of its own, a text that merely begins like those before it is another text.
    const isAllAgain = moreThanAll !== null && (hasPieces || moreThanAll.trim() === "");
    if (isAllAgain) return moreThanAll;
    beginsParagraph = true;
    return text;
  }

  function isRepeat(text: string): boolean {
    if (text.trim() === "") return false;
    const isLong = text.trim().length >= shortestLonelyRepeat;
    if (unconfirmedPieces > 1 || isLong) {
      if (afterPrefix(text, unconfirmed)?.trim() === "" && unconfirmed.trim() !== "") return true;
    }
    return isLong && streamed !== unconfirmed && afterPrefix(text, streamed)?.trim() === "";
  }

  return { add, interrupt, finish };
}

/** What follows `prefix` in `text`, spaces ignored; null where `text` does not begin with it. */
function afterPrefix(text: string, prefix: string): string | null {
  if (text.startsWith(prefix)) return text.slice(prefix.length);
  let at = 0;
  for (const char of prefix) {
    if (isSpace(char)) continue;
    while (isSpace(text.charAt(at))) at += 1;
    if (!text.startsWith(char, at)) return null;
    at += char.length;
  }
  return text.slice(at);
}

function isSpace(char: string): boolean {
  return char !== "" && char.trim() === "";
}
