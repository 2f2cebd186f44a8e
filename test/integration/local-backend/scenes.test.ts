import { readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Scene } from "../../../src/local-backend/project.ts";
import { scenesOf } from "../../../src/local-backend/scenes.ts";
import type { SceneMedia, SceneRequest } from "../../../src/local-backend/scenes.ts";

const example = (name: string) => readFile(new URL(`../../../examples/${name}`, import.meta.url), "utf8");
const picture = (hash: string): SceneMedia => ({ hash, kind: "image", durationMs: null });
const clip = (hash: string, durationMs: number): SceneMedia => ({ hash, kind: "video", durationMs });

function cut(request: Partial<SceneRequest>): { scenes: Scene[]; title: string } {
  let last = 0;
  return scenesOf({ text: "", media: [], ...request }, () => String(++last));
}
const textsOf = (text: string) => cut({ text }).scenes.map((scene) => scene.text);
const totalMs = (scenes: Scene[]) => scenes.reduce((sum, scene) => sum + scene.durationMs, 0);

test.each([
  ["urban-dreams.txt", "Urban Dreams"],
  ["coffee.txt", "Why coffee wakes you up"],
  ["hangzhou.zh.txt", "杭州的一天"],
])("%s becomes 20 to 32 seconds under its own title, in scenes that can be read", async (name, heading) => {
  const { scenes, title } = cut({ text: await example(name) });
  expect(title).toBe(heading);
  expect(totalMs(scenes)).toBeGreaterThan(20_000);
  expect(totalMs(scenes)).toBeLessThan(32_000);
  for (const { durationMs } of scenes) expect(durationMs).toSatisfy((ms: number) => ms >= 2500 && ms <= 6000);
});

test("no word of a script is lost or said twice", async () => {
  const script = await example("urban-dreams.txt");
  expect(textsOf(script).join(" ").split(/\s+/u)).toEqual(script.trim().split(/\s+/u));
});

test.each([
  ["Turn this script into a 30 s explainer:\nThe sea is deep. It is blue.", ["The sea is deep. It is blue."]],
  ["Turn this script into a 9:16 video: The sea is deep.", ["The sea is deep."]],
  ["Please create a short video. Add music.\n\nThe sea is deep.", ["The sea is deep."]],
  ["The sea is deep.\nMake it into a video.", ["The sea is deep."]],
  ["把这段文字做成视频：海很深。", ["海很深。"]],
  ["请把下面的文字制作成9:16短视频：\n海很深。\n画面比例9:16。时长30秒。", ["海很深。"]],
  [
    "The sea is deep.\n\nAspect ratio 9:16. Music: lo-fi. About 30 seconds long. Resolution 1080p.",
    ["The sea is deep."],
  ],
])("instructions and wishes about the output are not read out: %j", (text, texts) => {
  expect(textsOf(text)).toEqual(texts);
});

test.each([
  "Make your mornings better. Here is a video of it.",
  "Music is what feelings sound like.",
  "About 30 people came.",
])("what only looks like an instruction stays: %j", (text) => {
  expect(textsOf(text).join(" ")).toBe(text);
});

test("an instruction alone is shown by its topic", () => {
  const { scenes, title } = cut({ text: "Make a 30 s video about credit cards." });
  expect(title).toBe("Credit cards");
  expect(scenes.map((scene) => scene.text)).toEqual(["Credit cards"]);
});

test("hard-wrapped lines are one sentence", () => {
  const wrapped = "The quick brown fox jumps over the lazy dog, and then it\nruns home.";
  expect(textsOf(wrapped)).toEqual([wrapped.replace("\n", " ")]);
});

test("pictures without a script are shown once each, without words", () => {
  const { scenes, title } = cut({
    text: "Make a slideshow with transitions and music",
    media: ["a", "b", "c"].map(picture),
  });
  expect(scenes.map(({ media, text }) => [media?.hash, text])).toEqual([
    ["a", ""],
    ["b", ""],
    ["c", ""],
  ]);
  expect(title).toBe("Slideshow");
  expect(cut({ text: "用这些照片做一个视频", media: [picture("a")] }).title).toBe("图片集锦");
});

test("more pictures than words: every picture is shown, each sentence once", () => {
  const { scenes } = cut({ text: "My trip\nWe went up.", media: ["a", "b", "c", "d"].map(picture) });
  expect(scenes.map(({ media, text }) => [media?.hash, text])).toEqual([
    ["a", "My trip"],
    ["b", ""],
    ["c", "We went up."],
    ["d", ""],
  ]);
});

test("scenes that share a clip go on where the one before stopped, and begin anew at its end", () => {
  const text =
    "The first scene says quite a lot of words.\n\nThe second scene says just as many words.\n\nThe third one does so, too, in the end.";
  const { scenes } = cut({ text, media: [clip("c", 5500)] });
  const [first, second, third] = scenes;
  expect(first?.media?.trimStartMs).toBe(0);
  expect(second?.media?.trimStartMs).toBe(first?.durationMs);
  expect(third?.media?.trimStartMs).toBe(0);
  expect(second?.transition).toBe("cut");
});

test("the total that is asked for is met to the millisecond, within bounds, and every scene has an id of its own", () => {
  const requests = fc.record({
    text: fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.lorem({ maxCount: 400 }),
      fc.lorem({ maxCount: 80, mode: "sentences" }),
    ),
    media: fc.array(
      fc.oneof(
        fc.uuid().map(picture),
        fc.tuple(fc.uuid(), fc.nat(90_000)).map(([hash, ms]) => clip(hash, ms)),
      ),
      { maxLength: 8 },
    ),
    totalMs: fc.integer({ min: 1500, max: 300_000 }),
  });
  fc.assert(
    fc.property(requests, (request) => {
      const { scenes, title } = cut(request);
      expect(totalMs(scenes)).toBe(request.totalMs);
      expect(scenes.length).toSatisfy((count: number) => count >= 1 && count <= 60);
      expect(scenes.every((scene) => scene.durationMs > 0)).toBe(true);
      expect(new Set(scenes.map((scene) => scene.id)).size).toBe(scenes.length);
      expect(title).not.toBe("");
    }),
    { numRuns: 60 },
  );
});

test("a script without end is bounded in scenes and time", () => {
  const { scenes } = cut({ text: "Nobody can say where this will ever end. ".repeat(2000) });
  expect(scenes.length).toBeLessThanOrEqual(60);
  expect(totalMs(scenes)).toBeLessThanOrEqual(300_000);
});
