import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { DraftError, writeDraft } from "../../../src/local-backend/draft.ts";
import type { Dialect } from "../../../src/local-backend/draft.ts";
import type { Project, Scene } from "../../../src/local-backend/project.ts";
import { findFfmpeg } from "../../../src/local-backend/render/ffmpeg-path.ts";
import { probeMedia } from "../../../src/local-backend/render/probe.ts";
import { renderVideo } from "../../../src/local-backend/render/render.ts";
import { ffmpegReport, inputReport } from "../../support/ffmpeg-report.ts";
import { ffmpeg, makeMp4 } from "../../support/ffmpeg-sample.ts";
import { tempFolder } from "../../support/temp-folder.ts";

let ffmpegPath: string;
beforeAll(async () => {
  ffmpegPath = await findFfmpeg();
});

let lastId = 9007199254740993n;
const newId = () => String(++lastId);
const scene = (text: string, more: Partial<Scene> = {}): Scene => ({
  id: newId(),
  name: text,
  text,
  durationMs: 900,
  seed: 5,
  media: null,
  transition: "fade",
  ...more,
});

function projectOf(scenes: Scene[], more: Partial<Project> = {}): Project {
  const durationMs = scenes.reduce((sum, { durationMs: ms }) => sum + ms, 0);
  const music = { id: newId(), name: "BGM", mood: "calm", volume: 0.4, startMs: 0, durationMs } as const;
  const title = { id: newId(), text: "Urban Dreams", startMs: 0, durationMs: 800 };
  return { id: newId(), name: "Urban Dreams", widthPx: 180, heightPx: 320, scenes, title, music, ...more };
}

type Given = { draftText: string; dir: string; onProgress?: (percent: number) => void; signal?: AbortSignal };
async function render({ draftText, dir, onProgress = () => undefined, signal = new AbortController().signal }: Given) {
  const outPath = join(dir, "out.mp4");
  const mediaDir = join(dir, "media");
  await mkdir(mediaDir, { recursive: true });
  const rendered = await renderVideo({ draftText, mediaDir, outPath, quality: "low", ffmpegPath, onProgress, signal });
  return { outPath, rendered };
}

async function expectPlayable(path: string, widthPx: number, heightPx: number, durationMs: number): Promise<void> {
  const report = await inputReport(ffmpegPath, path);
  expect(report).toMatch(/Video: h264 .*yuv420p/u);
  expect(report).toMatch(/Audio: aac/u);
  const probed = await probeMedia(path, ffmpegPath);
  expect(probed).toMatchObject({ kind: "video", widthPx, heightPx, fps: 25, hasAudio: true });
  expect(Math.abs((probed.durationMs ?? 0) - durationMs)).toBeLessThan(500);
  expect(await ffmpegReport(ffmpegPath, "-v", "error", "-i", path, "-f", "null", "-")).toBe("");
  const bytes = await readFile(path);
  expect(bytes.indexOf("moov")).toBeGreaterThan(0);
  expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
}

test.each(["first", "last"] satisfies Dialect[])(
  "a draft in the dialect '%s' becomes an MP4 that plays, as long as the draft says",
  async (dialect) => {
    const dir = await tempFolder();
    const project = projectOf([
      scene("The city wakes."),
      scene("夜里，老街依然热闹。", { transition: "slide" }),
      scene("End.", { transition: "cut" }),
    ]);
    const percents: number[] = [];
    const { outPath, rendered } = await render({
      draftText: writeDraft(project, dialect),
      dir,
      onProgress: (percent) => percents.push(percent),
    });
    expect(rendered).toEqual({ durationMs: 2700, widthPx: 180, heightPx: 320 });
    await expectPlayable(outPath, 180, 320, 2700);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
    expect(await readdir(dir)).toEqual(["media", "out.mp4"]);
  },
);

test("pictures and clips of any shape are shown, one longer than its clip stands still, and the clip's sound is heard", async () => {
  const dir = await tempFolder();
  const media = join(dir, "media");
  await mkdir(media);
  await copyFile(new URL("../../../examples/pictures/2.jpg", import.meta.url), join(media, "wide.jpg"));
  await copyFile(new URL("../../../examples/pictures/3.jpg", import.meta.url), join(media, "tall.jpg"));
  await makeMp4(join(media, "clip.mp4"), 1);
  const scenes = [
    scene("", { media: { hash: "wide", kind: "image", trimStartMs: 0 } }),
    scene("A cup.", { media: { hash: "tall", kind: "image", trimStartMs: 0 }, transition: "slide" }),
    scene("", { media: { hash: "clip", kind: "video", trimStartMs: 200 }, durationMs: 1500 }),
    scene("", { media: { hash: "clip", kind: "video", trimStartMs: 90_000 } }),
  ];
  const draftText = writeDraft(projectOf(scenes, { widthPx: 320, heightPx: 180, title: null, music: null }), "first");
  const { outPath } = await render({ draftText, dir });
  await expectPlayable(outPath, 320, 180, 4200);
  const loudest = async (from: string) => {
    const report = await ffmpegReport(
      ffmpegPath,
      "-ss",
      from,
      "-t",
      "0.5",
      "-i",
      outPath,
      "-af",
      "volumedetect",
      "-f",
      "null",
      "-",
    );
    return Number(/max_volume: (\S+) dB/u.exec(report)?.[1]);
  };
  expect(await loudest("0")).toBeLessThan(-80);
  expect(await loudest("2.1")).toBeGreaterThan(-40);
});

test("whatever is in the text, it is only text", async () => {
  const dir = await tempFolder();
  const texts = [
    "%{pts} %{localtime} %d %%",
    'it\'s "quoted" \\ back\\slash \\n',
    "two\nlines\r\n\r\nand more",
    "emoji 😀🔥 and 👩‍👩‍👧 only",
    "مرحبا بالعالم",
    "a:b,c;[d]=e $HOME `id`",
    "x".repeat(5000),
  ];
  const scenes = texts.map((text) => scene(text, { durationMs: 300 }));
  const title = { id: newId(), text: texts.slice(0, 2).join("\n"), startMs: 100, durationMs: 1000 };
  const { outPath } = await render({ draftText: writeDraft(projectOf(scenes, { title }), "last"), dir });
  await expectPlayable(outPath, 180, 320, 2100);
  expect(await readdir(dir)).toEqual(["media", "out.mp4"]);
});

test("words that look like a variable are drawn as they are", async () => {
  const brightPixels = async (text: string) => {
    const dir = await tempFolder();
    const project = projectOf([scene(text, { durationMs: 1500 })], { title: null, music: null });
    const { outPath } = await render({ draftText: writeDraft(project, "first"), dir });
    const frame = join(dir, "frame.gray");
    await ffmpeg("-ss", "0.8", "-i", outPath, "-frames:v", "1", "-pix_fmt", "gray", "-f", "rawvideo", frame);
    return (await readFile(frame)).filter((value) => value > 220).length;
  };
  expect(await brightPixels("%{unknown}")).toBeGreaterThan((await brightPixels("")) + 50);
});

test("words that the title says are not said twice, with a full stop or without", async () => {
  const frameOf = async (text: string) => {
    const dir = await tempFolder();
    const title = { id: newId(), text: "City lights", startMs: 0, durationMs: 900 };
    const project = projectOf([scene(text)], { title, music: null });
    const { outPath } = await render({ draftText: writeDraft(project, "first"), dir });
    const frame = join(dir, "frame.gray");
    await ffmpeg("-ss", "0.5", "-i", outPath, "-frames:v", "1", "-pix_fmt", "gray", "-f", "rawvideo", frame);
    return readFile(frame);
  };
  const alone = await frameOf("City lights");
  expect(alone.equals(await frameOf("City lights."))).toBe(true);
  expect(alone.equals(await frameOf("City nights."))).toBe(false);
});

test("an aborted render stops at once and leaves nothing behind", async () => {
  const dir = await tempFolder();
  const aborted = new AbortController();
  // So long that even a busy machine does not come to its end between two reports of ffmpeg.
  const scenes = [scene("One.", { durationMs: 250_000 }), scene("Two.", { durationMs: 250_000 })];
  const draftText = writeDraft(projectOf(scenes, { music: null }), "first");
  const percents: number[] = [];
  const onProgress = (percent: number) => {
    percents.push(percent);
    aborted.abort(new Error("canceled"));
  };
  await expect(render({ draftText, dir, onProgress, signal: aborted.signal })).rejects.toThrow("canceled");
  expect(percents.at(-1)).toBeLessThan(90);
  expect(await readdir(dir)).toEqual(["media"]);
});

test("a failed render says why and leaves nothing behind", async () => {
  const dir = await tempFolder();
  const missing = projectOf([scene("", { media: { hash: "gone", kind: "image", trimStartMs: 0 } })]);
  await expect(render({ draftText: writeDraft(missing, "first"), dir })).rejects.toThrow(
    "the file gone, which was not uploaded",
  );
  await expect(render({ draftText: "{}", dir })).rejects.toThrow(DraftError);
  const vast = projectOf([scene("Big.")], { widthPx: 20_000 });
  await expect(render({ draftText: writeDraft(vast, "first"), dir })).rejects.toThrow("each side may be 64 to 3840");
  expect(await readdir(dir)).toEqual(["media"]);
});
