import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Music } from "../../../src/local-backend/project.ts";
import { writeSoundtrack } from "../../../src/local-backend/render/music.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const music = (more: Partial<Music> = {}): Music => ({
  id: "1",
  name: "BGM",
  mood: "lo-fi",
  volume: 1,
  startMs: 0,
  durationMs: 4000,
  ...more,
});

async function samplesOf(track: Music | null, totalMs: number): Promise<Int16Array> {
  const path = join(await tempFolder(), "music.wav");
  await writeSoundtrack(path, track, totalMs);
  const bytes = await readFile(path);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.byteLength));
}
const loudest = (samples: Int16Array, fromS = 0, toS = 1e6) =>
  samples.subarray(fromS * 88_200, toS * 88_200).reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);

test.each(["lo-fi", "upbeat", "calm", "epic"] satisfies Music["mood"][])(
  "'%s' plays for as long as asked and fades in and out",
  async (mood) => {
    const samples = await samplesOf(music({ mood }), 4000);
    expect(samples.length).toBe(4 * 88_200);
    expect(loudest(samples, 1, 3)).toBeGreaterThan(8000);
    expect(loudest(samples, 0, 0.02)).toBeLessThan(500);
    expect(loudest(samples, 3.98, 4)).toBeLessThan(500);
  },
);

test("moods differ", async () => {
  expect(await samplesOf(music({ mood: "calm" }), 1000)).not.toEqual(await samplesOf(music({ mood: "epic" }), 1000));
});

test("volume is heard: half is half as loud, 0 is silence", async () => {
  const [full, half, none] = await Promise.all([1, 0.5, 0].map((volume) => samplesOf(music({ volume }), 4000)));
  expect(loudest(half ?? new Int16Array()) / loudest(full ?? new Int16Array())).toBeCloseTo(0.5, 2);
  expect(loudest(none ?? new Int16Array([1]))).toBe(0);
});

test("it plays from its start to its end, with silence around it", async () => {
  const samples = await samplesOf(music({ startMs: 2000, durationMs: 3000 }), 6000);
  expect(loudest(samples, 0, 2)).toBe(0);
  expect(loudest(samples, 3, 4)).toBeGreaterThan(3000);
  expect(loudest(samples, 5, 6)).toBe(0);
});

test("without music there is silence of the right length", async () => {
  const samples = await samplesOf(null, 1500);
  expect(samples.length).toBe(1.5 * 88_200);
  expect(loudest(samples)).toBe(0);
});
