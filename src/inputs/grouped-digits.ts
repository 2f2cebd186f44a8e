/** A number as people read it: 50,000. */
export function groupedDigits(value: number): string {
  return value.toLocaleString("en-US");
}
