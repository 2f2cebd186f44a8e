import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { languageOf } from "../../../src/inputs/language.ts";

const english = "The harbour wakes before the city does. Nets dry, and the first ferry hums out into the mist. ";
const french = "Le port s’éveille avant la ville. Les filets sèchent, et le premier ferry s’éloigne dans la brume. ";

describe("the language of a text", () => {
  it.each([
    ["en", english],
    ["fr", french],
    ["es", "El puerto despierta antes que la ciudad"],
    ["de", "Der Hafen erwacht früher als die Stadt."],
    ["ru", "Порт просыпается раньше города"],
    ["ar", "مرحبا بكم في مدينتنا الجميلة"],
    ["th", "สวัสดีครับ ยินดีต้อนรับสู่ประเทศไทย"],
    ["vi", "Xin chào các bạn đến với Việt Nam hôm nay"],
    ["zh", "清晨六点，西湖还笼罩在薄雾里。"],
    ["zh", "清晨的西湖，薄霧還沒有散去。"],
    ["zh", "你好"],
    ["zh", "做一個影片"],
    ["zh", "用 CapCut 做一个 30 秒的视频 https://example.com/watch?v=1"],
    ["ja", "コーヒー"],
    ["ja", "東京タワーの紹介動画"],
    ["ko", "안녕"],
    ["ko", "커피 광고 영상"],
  ])("is %s for %j", (language, text) => {
    expect(languageOf(text)).toBe(language);
  });

  it.each([
    "",
    "A coffee",
    "Hola",
    "12345 67.8 %",
    "🎬🎬 🎉",
    "https://example.com/el/puerto/despierta/antes/que/la/ciudad",
    "mi.puerto.despierta@la.ciudad.example",
    "Hello 你好 world 世界 mixed 混合",
    "Make a video about 杭州",
    french.repeat(5) + english.repeat(5),
    `${english}清晨六点，西湖还笼罩在薄雾里。断桥上只有几位老人。`,
  ])("is English when in doubt: %j", (text) => {
    expect(languageOf(text)).toBe("en");
  });

  it("is that of the whole, not of its beginning", () => {
    expect(languageOf(`Version 2, final, for review. ${french.repeat(200)}`)).toBe("fr");
  });

  it("is a code of two letters for any text, and never fails", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("\uD800", "\uDC00", "a", "的", " ") }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(languageOf(text)).toMatch(/^[a-z]{2}$/);
      }),
    );
  });
});
