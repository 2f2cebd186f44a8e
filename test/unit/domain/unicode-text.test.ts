import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUnicode } from "../../../src/domain/unicode-text.ts";

const whole = { cutOff: false };
const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

describe("text in Unicode", () => {
  it("comes out as it went in, in each encoding with a mark", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const bytes of [
          Buffer.from(`\uFEFF${text}`),
          Buffer.from(`\uFEFF${text}`, "utf16le"),
          utf16be(`\uFEFF${text}`),
        ]) {
          expect(decodeUnicode(bytes, whole)).toBe(text);
        }
      }),
    );
  });

  it.each([
    "Hello",
    "Make a video about Tïtle, with music.",
    "Порт просыпается раньше города",
    "清晨六点，西湖还在薄雾里。 一只小船。",
    "一下\n统一行动，一个一个地说。",
    "朝の港はまだ 静かだ。",
    "항구는 도시보다 먼저 깨어난다.",
  ])("is found in UTF-16 without a mark, in either order: %j", (text) => {
    expect(decodeUnicode(Buffer.from(text, "utf16le"), whole)).toBe(text);
    expect(decodeUnicode(utf16be(text), whole)).toBe(text);
  });

  it("may be cut off within a character where that is said", () => {
    const bytes = Buffer.from("城市").subarray(0, 5);
    expect(decodeUnicode(bytes, { cutOff: true })).toBe("城");
    expect(decodeUnicode(bytes, whole)).toBeNull();
  });

  it.each([
    ["a NUL in other text", Buffer.from("hello\0world!")],
    ["a mark of a program with a few bytes", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3, 0])],
    ["zeros", Buffer.alloc(100)],
    ["half of a surrogate pair", Buffer.from([0xff, 0xfe, 0x41, 0xd8])],
    ["an older encoding", Buffer.from([0x63, 0x61, 0x66, 0xe9])],
    ["a program", Buffer.from("\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", "latin1")],
  ])("is not what %s is", (_what, bytes) => {
    expect(decodeUnicode(bytes, whole)).toBeNull();
  });
});
