const notice =
  /\b(?:encountered|ran into|hit|experienced|experiencing|facing|having)\b[^.!?\n]{0,40}\btemporary\b[^.!?\n]{0,20}\b(?:issue|problem|error|glitch)\b|(?:遇到|出现|发生)了?[^。！？\n]{0,10}(?:临时|暂时|短暂)[^。！？\n]{0,10}(?:问题|错误|故障)/gi;
/** How much of the end is looked at: a notice is a sentence or two. */
const longestNotice = 500;
/** What may follow in the same breath: the rest of the sentence, and requests to try again. */
const tail =
  /^[^.!?。！？\n]*[.!?。！？]*(?:\s*(?:please|sorry|i apologi[sz]e|try|you (?:can|may)|feel free|kindly|请|抱歉|对不起|稍后)[^\n]*)?\s*$/i;
const isSolved = /\b(?:but|however|fixed|resolved|solved|worked around)\b|但|已解决/i;

/**
 * Parts a closing notice of the sort "I encountered a temporary issue. Please try again." from the text before it; null where the
 * text does not end in one. The backend adds such notices after answers that are fine.
 */
export function splitTrailingIssue(text: string): { before: string } | null {
  const offset = Math.max(0, text.length - longestNotice);
  const end = text.slice(offset);
  const match = [...end.matchAll(notice)].at(-1);
  if (match === undefined) return null;
  const head = end.slice(0, match.index);
  const start = Math.max(...[".", "!", "?", "。", "！", "？", "\n"].map((mark) => head.lastIndexOf(mark))) + 1;
  const sentence = end.slice(start);
  if (isSolved.test(sentence) || !tail.test(end.slice(match.index + match[0].length))) return null;
  return { before: text.slice(0, offset + start).trim() };
}
