import { createHash } from "node:crypto";

/** Numbers from 0 (included) to 1 (excluded), the same for the same seed and purpose (mulberry32). */
export function seededRandom(seed: number, purpose: string) {
  let state = createHash("sha256").update(`${seed} ${purpose}`).digest().readUInt32LE(0);
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    next,
    chance: (share: number): boolean => next() < share,
    /** A whole number, both ends included. */
    between: (low: number, high: number): number => low + Math.floor(next() * (high - low + 1)),
    pick<Item>(items: readonly [Item, ...Item[]]): Item {
      return items[Math.floor(next() * items.length)] ?? items[0];
    },
  };
}

export type SeededRandom = ReturnType<typeof seededRandom>;

export function newSeed(): number {
  return Math.floor(Math.random() * 1_000_000);
}
