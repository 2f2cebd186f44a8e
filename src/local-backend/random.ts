import { createHash } from "node:crypto";

/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** The same parts give the same numbers: what the agent decides can be repeated, also after a restart (mulberry32). */
export function createRandom(...parts: (string | number)[]): Random {
  let state = createHash("sha256").update(parts.join("\u0000")).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}

export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

/** 19 digits between 2^53 and 2^63, as the backend's ids are: a client that reads them as doubles damages them. */
export function bigId(random: Random): string {
  let digits = String(7 + Math.floor(random() * 2));
  while (digits.length < 19) digits += Math.floor(random() * 10);
  return digits;
}
