import { markerOf, numberOf } from "./list-item.ts";
import type { ActionPart, GuiAction, ReplyPart } from "./reply-part.ts";
import { endsSentence, sentencesOf } from "./sentence.ts";
import { tidySentence, type Piece } from "./sentence-tidying.ts";

/**
 * The reply for people who have no editor: the answer of an action stands in place of its first instruction, all other instructions
 * go, and what is left still reads well. Without any instruction it is the text, to the letter.
 */
export function replyText(parts: readonly ReplyPart[], answers: Partial<Record<GuiAction, string>>): string {
  if (parts.every((part) => part.kind === "text")) return parts.map((part) => part.text).join("");
  const writer = createWriter();
  const answered = new Set<GuiAction>();
  let pieces: Piece[] = [];
  const end = (): void => {
    writer.sentence(pieces);
    pieces = [];
  };
  for (const part of parts) {
    if (part.kind === "action") pieces.push({ kind: "gap", answer: answerOf(part) });
    else {
      for (const text of sentencesOf(part.text)) {
        pieces.push({ kind: "text", text });
        if (endsSentence(text)) end();
      }
    }
  }
  end();
  return withPairedStars(writer.written(), parts);

  function answerOf({ action }: ActionPart): string | null {
    const answer = answered.has(action) ? null : (answers[action] ?? null);
    answered.add(action);
    return answer;
  }
}

/** Puts sentences after one another, and closes the holes that those leave which go. */
function createWriter() {
  const written: string[] = [];
  let space = "";
  /** Since the last sentence that stayed, an item has gone. */
  let itemsHaveGone = false;
  /** The marker of an item whose first sentence has gone, while its line may still say something. */
  let marker = "";
  /** So many items of the list that is being written have gone. */
  let missingItems = 0;

  /** What has gone may leave its announcement behind, which then announces nothing. */
  function closeAnnouncement(): void {
    const last = written.pop();
    if (last !== undefined)
      written.push(last.replace(/([:：])([*_]{0,3})$/u, (_, colon, marks) => (colon === "：" ? "。" : ".") + marks));
  }

  function leaveOut(pieces: readonly Piece[], after: string): void {
    marker ||= pieces[0]?.kind === "text" ? markerOf(pieces[0].text) : "";
    if (marker === "" && !itemsHaveGone) closeAnnouncement();
    else itemsHaveGone = true;
    if (after.includes("\n")) {
      if (numberOf(marker) !== null) missingItems += 1;
      marker = "";
    }
    const lines = (white: string) => white.split("\n").length;
    if (written.length > 0 && (lines(after) > lines(space) || space === "")) space = after;
  }

  return {
    sentence(pieces: readonly Piece[]): void {
      const { text, after } = tidySentence(pieces);
      if (text === "") {
        if (pieces.length > 0) leaveOut(pieces, after);
        return;
      }
      const whole = marker + text;
      const isItem = markerOf(whole) !== "";
      if (itemsHaveGone && !isItem) closeAnnouncement();
      if (!isItem && space.includes("\n")) missingItems = 0;
      written.push(space, renumbered(whole, missingItems));
      space = after;
      itemsHaveGone = false;
      marker = "";
    },
    written(): string {
      if (itemsHaveGone) closeAnnouncement();
      return [...written, space].join("").trim();
    },
  };
}

function renumbered(item: string, missingItems: number): string {
  const number = numberOf(item);
  return number === null || missingItems === 0 ? item : item.replace(/\d+/, String(Math.max(1, number - missingItems)));
}

/** Bold that began or ended within an instruction has lost its other mark; what was unpaired to begin with is left alone. */
function withPairedStars(shown: string, parts: readonly ReplyPart[]): string {
  const isOdd = (line: string) => line.split("**").length % 2 === 0;
  const whole = parts.map((part) => (part.kind === "text" ? part.text : part.instruction)).join("");
  if (whole.split("\n").some(isOdd)) return shown;
  const lines = shown.split("\n").map((line) => (isOdd(line) ? withoutLastStars(line) : line));
  return lines.join("\n");
}

function withoutLastStars(line: string): string {
  const at = line.lastIndexOf("**");
  return line.slice(0, at) + line.slice(at + 2);
}
