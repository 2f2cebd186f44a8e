import { isStep, markerOf, maxMarkerChars } from "./list-item.ts";
import { isSettled, sentencesOf, undecidedFrom } from "./sentence.ts";

/**
 * Sentences that only make sense together: a numbered list, a line that announces something with the list or the sentence, an offer with its answer
 * ("Want to keep it? Click Export."). `isOpen` when what follows may still belong to it.
 */
export type Passage = { sentences: string[]; isOpen: boolean };

/** "To export your video:", "## Next steps", "**How to export**" */
const announces = /[:：][*_]{0,3}\s*\n\s*$|^#{1,6}\s[^\n]*\n\s*$|^\*\*[^*\n]+\*\*[:：]?\s*\n\s*$/u;

/** "Want to download it?", "想下载视频吗？" */
const offers =
  /^\W*(?:(?:do you |would you )?(?:want|need|like|love|prefer)|(?:all )?(?:ready|set|happy|satisfied|done|finished)|looking|any changes|not (?:happy|quite|enough))\b[^.!\n]{0,100}\?\s*$|^[^\p{L}]*(?:想|要|需要|是否|准备|满意|喜欢|还想|完成)[^。！\n]{0,60}[？?]\s*$/iu;

export function isAnnouncement(sentence: string): boolean {
  return announces.test(sentence);
}

export function isOffer(sentence: string): boolean {
  return offers.test(sentence);
}

/** The passages of a text; put together again they are the text, to the letter. */
export function passagesOf(text: string): Passage[] {
  const passages: Passage[] = [];
  let previous = "\n";
  let inItem = false;
  let inList = false;
  for (const sentence of sentencesOf(text)) {
    const beginsLine = endsLine(previous);
    const isItem = beginsLine && markerOf(sentence) !== "";
    const isAnnounced = isItem && isAnnouncement(previous);
    const goesOnInItem: boolean = inItem && !beginsLine;
    const goesOnInList: boolean = inList && (isItem || /\n[ \t]+$/.test(previous));
    const joins: boolean =
      isAnnouncement(previous) || goesOnInItem || goesOnInList || (isOffer(previous) && !beginsLine);
    inList = isAnnounced || (inList && joins) || (isItem && isStep(sentence));
    inItem = isItem || goesOnInItem;
    previous = sentence;
    const isOpen = inList || (inItem && !endsLine(sentence)) || isAnnouncement(sentence) || isOffer(sentence);
    const current = passages.at(-1);
    if (joins && current !== undefined) {
      current.sentences.push(sentence);
      current.isOpen = isOpen;
    } else passages.push({ sentences: [sentence], isOpen });
  }
  return passages;
}

function endsLine(sentence: string): boolean {
  return /\n\s*$/.test(sentence);
}

/** How much of a text that is still being written is whole passages: the length of its beginning that will not change. */
export function settledLength(text: string): number {
  const passages = passagesOf(text);
  const last = passages.at(-1);
  if (last === undefined) return 0;
  if (last.isOpen || !isSettled(last.sentences.at(-1) ?? "")) passages.pop();
  // Too short to tell whether it is one more item of the list before it.
  if (last.sentences.join("").length <= maxMarkerChars && passages.at(-1)?.isOpen === true) passages.pop();
  const undecided = undecidedFrom(text);
  let length = 0;
  for (const { sentences } of passages) {
    const next = length + sentences.join("").length;
    if (next > undecided) break;
    length = next;
  }
  return length;
}
