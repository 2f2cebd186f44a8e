const notice =
  /\b(?:encountered|r[au]n into|hit|experienced|experiencing|facing|having)\b[^.!?\n]{0,40}\btemporary\b[^.!?\n]{0,20}\b(?:issue|problem|error|glitch)\b|(?:遇到|出现|发生)了?[^。！？\n]{0,10}(?:临时|暂时|短暂)[^。！？\n]{0,10}(?:问题|错误|故障)/gi;
/** How much of the end is looked at: a notice is a sentence or two. */
const longestNotice = 500;
/** What may follow in the same breath: the rest of the sentence, and requests to try again. */
const tail =
  /^[^.!?。！？\n]*[.!?。！？]*(?:\s*(?:please|sorry|i apologi[sz]e|try|you (?:can|may)|feel free|kindly|请|抱歉|对不起|稍后)[^\n]*)?\s*$/i;
const isSolved = /\b(?:but|however|fixed|resolved|solved|worked around)\b|但|已解决/i;

/** A backend that says it more often than this does not want to be rid of it. */
const mostNotices = 10;

/**
 * Parts closing notices of the sort "I encountered a temporary issue. Please try again." from the text before them, and says where
 * they start; null where the text does not end in one. The backend adds such notices after answers that are fine.
 */
export function splitTrailingIssue(text: string): { before: string; start: number } | null {
  let found: { before: string; start: number } | null = null;
  for (let count = 0; count < mostNotices; count++) {
    const start = lastNoticeStart(found?.before ?? text);
    if (start === null) break;
    found = { before: text.slice(0, start).trimEnd(), start };
  }
  return found;
}

function lastNoticeStart(text: string): number | null {
  const offset = Math.max(0, text.length - longestNotice);
  const end = text.slice(offset);
  const match = [...end.matchAll(notice)].at(-1);
  if (match === undefined) return null;
  const start = lastSentenceStart(end.slice(0, match.index));
  if (isSolved.test(end.slice(start)) || !tail.test(end.slice(match.index + match[0].length))) return null;
  return offset + start;
}

/** How a sentence begins that may yet turn out to be such a notice, and how long it may take for that. */
const opening = /^\s*(?:sorry|apolog|unfortunately|oops|it (?:looks|seems)|i\b|we\b|我|抱歉|对不起|很遗憾)/i;
const longestOpening = 120;

/**
 * From where on a text that goes on should not be shown yet, since its end is such a notice, or a sentence that may become one;
 * its length where all of it may be shown.
 */
export function possibleIssueStart(text: string): number {
  const split = splitTrailingIssue(text);
  const start = split?.start ?? lastSentenceStart(text);
  const length = text.length - start;
  const isHeld = split === null ? length <= longestOpening && opening.test(text.slice(start)) : length <= longestNotice;
  return isHeld ? text.slice(0, start).trimEnd().length : text.length;
}

function lastSentenceStart(text: string): number {
  return Math.max(...[".", "!", "?", "。", "！", "？", "\n"].map((mark) => text.lastIndexOf(mark))) + 1;
}
