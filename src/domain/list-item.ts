/** How an item of a list begins: "- ", "3. ", "①", "Step 2: ", "第二步：". */
const marker =
  /^\s*(?:[-*+•·–]\s+|(?:\*\*)?(?<number>\d{1,3})(?:[.)]\s+|[、）])|[①-⑳]\s*|(?:\*\*)?(?:step\s(?<step>\d{1,3})[:.)]|第[一二三四五六七八九十\d]{1,3}步[：:，,、.]?)\s*)/iu;

/** The longest beginning of a line of which nobody can say yet whether it is a marker. */
export const maxMarkerChars = 12;

/** The marker of a line with the white space around it; empty where it is no item of a list. */
export function markerOf(line: string): string {
  return marker.exec(line)?.[0] ?? "";
}

/** The number of an item, null where it has none. */
export function numberOf(line: string): number | null {
  const { number, step } = marker.exec(line)?.groups ?? {};
  const digits = number ?? step;
  return digits === undefined ? null : Number(digits);
}

/** Whether the items of this one's list follow upon each other, and not just stand beside each other. */
export function isStep(line: string): boolean {
  return !/^\s*[-*+•·–]\s/.test(line) && markerOf(line) !== "";
}
