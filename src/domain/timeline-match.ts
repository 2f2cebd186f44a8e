import type { Segment, Timeline } from "./timeline.ts";
import type { TrackLabel } from "./track-label.ts";

/** A segment with its place: the number of its track, and its rank in it by time. */
export type Placed = Segment & {
  label: TrackLabel;
  isText: boolean;
  track: number;
  rank: number;
  /** Whether it begins where the one before it ends: then it moves along when that one changes. */
  follows: boolean;
};

export type Pair = { before: Placed; after: Placed };

function placedSegments({ tracks }: Timeline): Placed[] {
  const placed: Placed[] = [];
  for (const [track, { label, isText, segments }] of tracks.entries()) {
    let previousEndMs = 0;
    for (const [rank, segment] of segments.toSorted((a, b) => a.startMs - b.startMs).entries()) {
      placed.push({ ...segment, label, isText, track, rank, follows: segment.startMs === previousEndMs });
      previousEndMs = segment.endMs;
    }
  }
  return placed;
}

/**
 * What makes two segments the same one, the surest sign first. Ids alone are not enough: an edit may give new ones.
 * Segments with equal keys are paired in their order; a null key pairs with nothing.
 */
const signs: readonly ((segment: Placed) => string | null)[] = [
  (one) => one.id && key(familyOf(one), one.id),
  (one) => key(one.label, one.name, one.startMs, one.endMs),
  (one) => key(one.label, one.name, one.endMs - one.startMs),
  (one) => one.name && key(familyOf(one), one.name),
  (one) => key(one.label, one.startMs, one.endMs),
  (one) => (one.name === null ? one.label : null),
];

/** Pairs the segments of two timelines, in the order of the later one; what is left over was removed or added. */
export function matchSegments(
  before: Timeline,
  after: Timeline,
): { pairs: Pair[]; removed: Placed[]; added: Placed[] } {
  const pairs: Pair[] = [];
  let removed = placedSegments(before);
  let added = placedSegments(after);

  function pairBy(sign: (segment: Placed) => string | null): void {
    const waiting = Map.groupBy(removed.toReversed(), sign);
    waiting.delete(null);
    added = added.filter((one) => {
      const partner = waiting.get(sign(one))?.pop();
      if (partner !== undefined) pairs.push({ before: partner, after: one });
      return partner === undefined;
    });
    const paired = new Set(pairs.map((pair) => pair.before));
    removed = removed.filter((one) => !paired.has(one));
  }

  for (const sign of signs) pairBy(sign);
  // The one that is left of its kind on either side was replaced.
  const [removedAlone, addedAlone] = [labelsThatOccurOnce(removed), labelsThatOccurOnce(added)];
  pairBy(({ label }) => (removedAlone.has(label) && addedAlone.has(label) ? label : null));
  pairs.sort((a, b) => a.after.track - b.after.track || a.after.rank - b.after.rank);
  return { pairs, removed, added };
}

function labelsThatOccurOnce(segments: Placed[]): Set<TrackLabel> {
  const byLabel = Map.groupBy(segments, ({ label }) => label);
  return new Set([...byLabel].filter(([, { length }]) => length === 1).map(([label]) => label));
}

function familyOf({ label, isText }: Placed): string {
  if (isText) return "text";
  return label === "BGM" || label === "Voice" || label === "Effects" ? "audio" : label;
}

function key(...parts: (string | number | null)[]): string {
  return JSON.stringify(parts);
}
