import { joinWords, widthOf } from "./reading.ts";

/** What stands for itself in a text: a paragraph or a line of one, an item of a list, a row of a table. */
export type Block = {
  kind: "text" | "item" | "row";
  text: string;
  /** Whether a blank line, or nothing at all, comes after it. */
  endsParagraph: boolean;
};

const wrappedLineMinWidth = 50;
const bullet = /^(?:[-*+–·]\s+|[•‣◦▪●○■□✓✔➤►]\s*)/u;
const number = /^(?:\(?\d{1,2}[.)]\s+|（\d{1,2}）|\d{1,2}[、．]|[一二三四五六七八九十]{1,3}、)/u;
/** Lines that only part or rule: `---`, `|---|:--|`. */
const onlyMarks = /^[-*_=~#|:\s]*$/u;

/**
 * Lines as a writer means them: bullets and markdown marks off (the number of a list's item stays), hard-wrapped lines joined,
 * the cells of a row put together, empty lines gone.
 */
export function readBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let isWrapped = false;
  for (const raw of text.split(/\r\n|[\r\n\u2028\u2029]/u)) {
    const line = raw.trim().replaceAll("**", "");
    const previous = blocks.at(-1);
    if (onlyMarks.test(line)) {
      if (previous !== undefined) previous.endsParagraph = true;
      isWrapped = false;
      continue;
    }
    const block = blockOf(line);
    const goesOn = isWrapped && block.kind === "text" && !line.startsWith("#");
    if (goesOn && previous !== undefined) previous.text = joinWords(previous.text, block.text);
    else blocks.push(block);
    isWrapped = block.kind !== "row" && widthOf(line) >= wrappedLineMinWidth && !/[.!?。！？…:："”]$/u.test(line);
  }
  const last = blocks.at(-1);
  if (last !== undefined) last.endsParagraph = true;
  return blocks;
}

function blockOf(line: string): Block {
  const rest = { endsParagraph: false };
  if (bullet.test(line)) return { kind: "item", text: line.replace(bullet, ""), ...rest };
  if (number.test(line)) return { kind: "item", text: line, ...rest };
  if (/\s\|\s|^\|.*\|$/u.test(line)) return { kind: "row", text: rowText(line), ...rest };
  return { kind: "text", text: line.replace(/^#{1,6}\s+/u, ""), ...rest };
}

/** Two cells are a name and what it is; more are a list. */
function rowText(line: string): string {
  const cells = line
    .split("|")
    .map((cell) => cell.trim())
    .filter((cell) => cell !== "");
  const [name = "", ...values] = cells;
  if (values.length !== 1) return cells.join(" · ");
  const colon = /\p{Script=Han}$/u.test(name) ? "：" : ": ";
  return `${name.replace(/\s*[:：]$/u, "")}${colon}${values[0]}`;
}
