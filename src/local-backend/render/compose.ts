import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { Music } from "../project.ts";
import { createRandom } from "../random.ts";

type Mood = Music["mood"];
/** Chords as MIDI notes, one a bar of four beats. `pluckBeats` is the time between two notes of the broken chord. */
type Score = {
  beatsPerMinute: number;
  chords: readonly (readonly number[])[];
  pluckBeats: number;
  swing: number;
  drums: "soft" | "steady" | "none" | "big";
};

const scores: Record<Mood, Score> = {
  "lo-fi": {
    beatsPerMinute: 76,
    chords: [
      [57, 60, 64, 67],
      [50, 57, 60, 65],
      [55, 59, 62, 66],
      [48, 55, 59, 64],
    ],
    pluckBeats: 1,
    swing: 0.16,
    drums: "soft",
  },
  upbeat: {
    beatsPerMinute: 116,
    chords: [
      [48, 55, 60, 64],
      [55, 59, 62, 67],
      [57, 60, 64, 69],
      [53, 57, 60, 65],
    ],
    pluckBeats: 0.5,
    swing: 0,
    drums: "steady",
  },
  calm: {
    beatsPerMinute: 64,
    chords: [
      [53, 57, 60, 67],
      [48, 55, 59, 64],
      [50, 57, 60, 65],
      [46, 53, 57, 62],
    ],
    pluckBeats: 1,
    swing: 0,
    drums: "none",
  },
  epic: {
    beatsPerMinute: 92,
    chords: [
      [50, 57, 62, 65],
      [46, 53, 58, 62],
      [53, 57, 60, 65],
      [48, 55, 60, 64],
    ],
    pluckBeats: 0.5,
    swing: 0,
    drums: "big",
  },
};
const maxBars = 8;
const peak = 0.85;

type Loop = { samples: Float32Array; sampleRate: number };

/**
 * Plays eight bars, or fewer where those last for `neededS`, into interleaved stereo samples that join at the ends without a
 * seam: what rings past the end is heard at the start. Scaled so that the loudest sample is at `peak`.
 */
export async function composeLoop(mood: Mood, sampleRate: number, neededS: number): Promise<Float32Array> {
  const score = scores[mood];
  const beatS = 60 / score.beatsPerMinute;
  const bars = Math.min(maxBars, Math.ceil(neededS / (4 * beatS)));
  const loop: Loop = { samples: new Float32Array(2 * Math.round(bars * 4 * beatS * sampleRate)), sampleRate };
  const random = createRandom(score.beatsPerMinute);
  for (let bar = 0; bar < bars; bar++) {
    const chord = score.chords[bar % score.chords.length] ?? [];
    const barS = bar * 4 * beatS;
    chord.forEach((midi, voice) => playPad(loop, barS, 4 * beatS, midi + 12, 0.05, voice % 2 === 0 ? -0.5 : 0.5));
    for (const beat of [0, 2.5]) playBass(loop, barS + beat * beatS, beatS * 1.4, (chord[0] ?? 48) - 12);
    const upwards = [...chord, ...chord.slice(1, -1).toReversed()];
    for (let step = 0; step * score.pluckBeats < 4; step++) {
      if (bar % 4 === 3 && random() < 0.3) continue;
      const late = step % 2 === 1 ? score.swing * beatS : 0;
      const midi = (upwards[step % upwards.length] ?? 60) + (bar >= 4 && step % 4 === 3 ? 24 : 12);
      playPluck(loop, barS + step * score.pluckBeats * beatS + late, midi, 0.13 + random() * 0.05, random() - 0.5);
    }
    playDrums(loop, score.drums, barS, beatS, random);
    await yieldToOthers();
  }
  const loudest = loop.samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
  return loop.samples.map((sample) => (sample * peak) / loudest);
}

/** Adds a sound: `wave` gives its value `t` seconds after it began. `pan` is -1 (left) to 1 (right). */
function addSound(
  { samples, sampleRate }: Loop,
  startS: number,
  lengthS: number,
  pan: number,
  wave: (t: number) => number,
): void {
  const first = Math.round(startS * sampleRate);
  const [left, right] = [1 - Math.max(0, pan), 1 + Math.min(0, pan)];
  for (let frame = 0; frame < lengthS * sampleRate; frame++) {
    const value = wave(frame / sampleRate);
    const at = (2 * (first + frame)) % samples.length;
    samples[at] = (samples[at] ?? 0) + value * left;
    samples[at + 1] = (samples[at + 1] ?? 0) + value * right;
  }
}

function playPad(loop: Loop, startS: number, lengthS: number, midi: number, gain: number, pan: number): void {
  const pitch = hertz(midi);
  const releaseS = 0.9;
  addSound(loop, startS, lengthS + releaseS, pan, (t) => {
    const level = Math.min(1, t / 0.5, (lengthS + releaseS - t) / releaseS);
    return gain * level * (sine(pitch * t) + 0.6 * sine(pitch * 1.004 * t) + 0.25 * sine(pitch * 2.003 * t));
  });
}

function playPluck(loop: Loop, startS: number, midi: number, gain: number, pan: number): void {
  const pitch = hertz(midi);
  addSound(loop, startS, 1.3, pan, (t) => {
    const level = Math.min(1, t / 0.004) * Math.exp(-3.6 * t);
    return (
      gain * level * (sine(pitch * t) + 0.35 * Math.exp(-6 * t) * sine(3 * pitch * t) + 0.12 * sine(2 * pitch * t))
    );
  });
}

function playBass(loop: Loop, startS: number, lengthS: number, midi: number): void {
  const pitch = hertz(midi);
  addSound(loop, startS, lengthS, 0, (t) => {
    const level = Math.min(1, t / 0.015, (lengthS - t) / 0.08);
    return 0.24 * level * (sine(pitch * t) + 0.3 * sine(2 * pitch * t));
  });
}

function playDrums(loop: Loop, drums: Score["drums"], barS: number, beatS: number, random: () => number): void {
  const kicks = { soft: [0, 2.5], steady: [0, 1, 2, 3], none: [], big: [0, 1.5, 2] }[drums];
  const snares = { soft: [1, 3], steady: [1, 3], none: [], big: [3] }[drums];
  const hats = { soft: [0.5, 1.5, 2.5, 3.5], steady: [0.5, 1.5, 2.5, 3.5], none: [], big: [] }[drums];
  const loud = drums === "big" ? 1.5 : 1;
  for (const beat of kicks) {
    addSound(
      loop,
      barS + beat * beatS,
      0.35,
      0,
      (t) => 0.4 * loud * Math.exp(-9 * t) * sine(48 * t + 4 * (1 - Math.exp(-30 * t))),
    );
  }
  for (const beat of snares) {
    const gain = drums === "soft" ? 0.09 : 0.16;
    addSound(loop, barS + beat * beatS, 0.22, 0.1, (t) => gain * loud * Math.exp(-18 * t) * (2 * random() - 1));
  }
  for (const beat of hats) {
    let before = 0;
    addSound(loop, barS + beat * beatS, 0.06, -0.25, (t) => {
      const noise = 2 * random() - 1;
      const bright = noise - before;
      before = noise;
      return 0.04 * Math.exp(-60 * t) * bright;
    });
  }
}

const tableSize = 8192;
const sineTable = Float32Array.from({ length: tableSize }, (_, index) => Math.sin((2 * Math.PI * index) / tableSize));

/** From a table, since tens of millions of them are needed and `Math.sin` takes several times as long. */
function sine(turns: number): number {
  return sineTable[Math.floor((turns - Math.floor(turns)) * tableSize)] ?? 0;
}

function hertz(midi: number): number {
  return 440 * 2 ** ((midi - 69) / 12);
}
