import { readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { languageOf } from "../../../src/local-backend/agent/language.ts";
import { readMessage } from "../../../src/local-backend/agent/message.ts";
import { topicOf } from "../../../src/local-backend/agent/topic.ts";
import type { Scene } from "../../../src/local-backend/project.ts";
import { scenesOf } from "../../../src/local-backend/scenes.ts";
import type { SceneMedia } from "../../../src/local-backend/scenes.ts";

const example = (name: string) => readFile(new URL(`../../../examples/${name}`, import.meta.url), "utf8");
const picture = (hash: string): SceneMedia => ({ hash, kind: "image", durationMs: null });
const clip = (hash: string, durationMs: number): SceneMedia => ({ hash, kind: "video", durationMs });

type Given = { text?: string; media?: SceneMedia[]; totalMs?: number };

function cut({ text = "", media = [], ...total }: Given): { scenes: Scene[]; title: string } {
  let last = 0;
  const { toEditor, script } = readMessage(text);
  const request = { script, topic: topicOf(toEditor), language: languageOf(text), media, ...total };
  return scenesOf(request, () => String(++last));
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

test("a request that names no topic shows none of its words", () => {
  const { scenes, title } = cut({ text: "Make a 6 second slideshow video." });
  expect([title, ...scenes.map(({ text }) => text)]).toEqual(["My video", ""]);
  expect(cut({ text: "做一个6秒的视频。" }).title).toBe("我的视频");
});

test("hard-wrapped lines are one sentence", () => {
  const wrapped = "The quick brown fox jumps over the lazy dog, and then it\nruns home.";
  expect(textsOf(wrapped)).toEqual([wrapped.replace("\n", " ")]);
});

test.each([
  ["- Warm\n- Light as an apple\n• Floats, too", ["Warm", "Light as an apple", "Floats, too"]],
  ["1. Boil it.\n2. Press the button. Wait.\n3) Pour.", ["1. Boil it.", "2. Press the button. Wait.", "3) Pour."]],
  ["一、烧水\n二、泡茶", ["一、烧水", "二、泡茶"]],
  ["Colour | Sea blue\nSizes | 20 cm | 30 cm\n颜色 | 蓝", ["Colour: Sea blue", "Sizes · 20 cm · 30 cm", "颜色：蓝"]],
  ["| Name | Height |\n|------|-------:|\n| Neap | 2 m |", ["Name: Height", "Neap: 2 m"]],
  ["# Tides\n\n---\n\nThey rise.", ["Tides", "They rise."]],
  [
    "- Keeps coffee hot for six hours, even on a windy balcony\n- Whispers",
    ["Keeps coffee hot for six hours, even on a windy balcony", "Whispers"],
  ],
  [
    "- Keeps coffee hot for six hours, even on a balcony in\n  late November",
    ["Keeps coffee hot for six hours, even on a balcony in late November"],
  ],
])("an item of a list and a row of a table are scenes: %j", (text, texts) => {
  expect(textsOf(text)).toEqual(texts);
  expect(textsOf(`Turn this script into a video.\n\n${text}\n\nResolution 720p.`)).toEqual(texts);
});

test("a scene of a list is named without its number", () => {
  expect(cut({ text: "1. Boil it.\n2. Pour." }).scenes.map(({ name }) => name)).toEqual(["Boil it", "Pour"]);
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
  expect(cut({ text: "Make a slideshow of our trip to Rome", media: [picture("a")] })).toMatchObject({
    title: "Our trip to Rome",
    scenes: [{ text: "" }],
  });
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

describe("as many pictures as sentences, or more", () => {
  const script =
    "We left. It was a long road, all dust and no shade, and none of us knew where it would end, or whether there would be water at the end of it, or a bed. Nobody spoke.";
  const sentences = script.split(/(?<=[.]) /);
  const withPictures = (text: string, hashes: string) =>
    cut({ text, media: hashes.split("").map(picture) }).scenes.map((scene) => [scene.media?.hash, scene.text]);

  test("each sentence has a picture of its own, however short or long", () => {
    expect(withPictures(script, "abc")).toEqual(sentences.map((text, index) => ["abc"[index], text]));
    expect(withPictures(script, "abcd").filter(([, text]) => text !== "")).toHaveLength(3);
  });

  test("a heading has the first picture, with the first sentence where there is no other", () => {
    expect(withPictures(`The way\n\n${script}`, "abcd").map(([hash]) => hash)).toEqual(["a", "b", "c", "d"]);
    const shared = withPictures(`The way\n\n${script}`, "abc");
    expect(shared).toEqual([["a", "The way"], ...sentences.map((text, index) => ["abc"[index], text])]);
  });

  test("every picture is shown, and every sentence, even in a short time", () => {
    const text = "One. Two. Three. Four. Five.";
    const { scenes } = cut({ text, media: "abcde".split("").map(picture), totalMs: 6000 });
    expect(scenes.map((scene) => [scene.media?.hash, scene.text])).toEqual(
      text.split(" ").map((word, index) => ["abcde"[index], word]),
    );
  });
});

test("with fewer pictures than sentences, short neighbours share one", () => {
  const text = "We left. It was early. The road was long, and nobody said a word until noon. We ran.";
  const { scenes } = cut({ text, media: [picture("a"), picture("b")] });
  expect(scenes.map((scene) => [scene.media?.hash, scene.text])).toEqual([
    ["a", "We left. It was early."],
    ["b", "The road was long, and nobody said a word until noon. We ran."],
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
