import { open } from "node:fs/promises";
import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { Music } from "../project.ts";
import { composeLoop } from "./compose.ts";

const sampleRate = 44_100;
const chunkFrames = sampleRate;
const fadeInS = 0.8;
const fadeOutS = 2.2;

/** Writes a 16-bit stereo WAV of exactly `totalMs`: the music where it plays, at its volume, silence elsewhere. */
export async function writeSoundtrack(path: string, music: Music | null, totalMs: number): Promise<void> {
  const totalFrames = Math.round((totalMs * sampleRate) / 1000);
  const playedS = music === null ? 0 : Math.min(music.durationMs, totalMs - music.startMs) / 1000;
  const loop =
    music === null || music.volume === 0 || playedS <= 0 ? null : await composeLoop(music.mood, sampleRate, playedS);
  await using file = await open(path, "w");
  await file.write(wavHeader(totalFrames));
  for (let from = 0; from < totalFrames; from += chunkFrames) {
    const samples = new Int16Array(2 * Math.min(chunkFrames, totalFrames - from));
    if (loop !== null && music !== null) mix(samples, from, loop, music, totalMs);
    await file.write(samples);
    await yieldToOthers();
  }
}

function mix(samples: Int16Array, from: number, loop: Float32Array, music: Music, totalMs: number): void {
  const startS = music.startMs / 1000;
  const endS = Math.min(totalMs, music.startMs + music.durationMs) / 1000;
  for (let frame = 0; frame < samples.length / 2; frame++) {
    const atS = (from + frame) / sampleRate;
    if (atS < startS || atS >= endS) continue;
    const fade = Math.min(1, (atS - startS) / fadeInS, (endS - atS) / fadeOutS);
    const gain = 32_767 * Math.min(1, music.volume) * fade * fade;
    const inLoop = (2 * Math.round((atS - startS) * sampleRate)) % loop.length;
    samples[2 * frame] = gain * (loop[inLoop] ?? 0);
    samples[2 * frame + 1] = gain * (loop[inLoop + 1] ?? 0);
  }
}

function wavHeader(frames: number): Buffer {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + frames * 4, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(frames * 4, 40);
  return header;
}
