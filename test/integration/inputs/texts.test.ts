import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { examples, legacyTexts, textOf } from "../../support/conversions.ts";

const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

const chinese = "清晨的西湖，薄雾还没有散去。老人在岸边打太极，年轻人骑着单车去上班。\n他们不着急。";
const english = "The harbour wakes before the city does.\nNets dry.";

describe("a text file", () => {
  it.each([
    ["UTF-8", Buffer.from(chinese), chinese],
    ["UTF-8 with a mark", Buffer.from(`\uFEFF${chinese}`), chinese],
    ["UTF-16 LE with a mark", Buffer.from(`\uFEFF${chinese}`, "utf16le"), chinese],
    ["UTF-16 BE with a mark", utf16be(`\uFEFF${english}`), english],
    ["UTF-16 LE without a mark", Buffer.from(english, "utf16le"), english],
    ["UTF-16 BE without a mark", utf16be(english), english],
    ["Chinese UTF-16 LE without a mark", Buffer.from(chinese, "utf16le"), chinese],
    ["Chinese UTF-16 BE without a mark", utf16be(chinese), chinese],
  ])("is read in %s", async (_encoding, bytes, text) => {
    expect(await textOf(bytes)).toBe(text);
  });

  it.each(legacyTexts.filter(({ text }) => text.length > 8))(
    "is read in $encoding: $text",
    async ({ text, base64 }) => {
      expect(await textOf(Buffer.from(base64, "base64"))).toBe(text);
    },
  );

  it.each([
    ["a few characters in an old encoding", Buffer.from("D7F6D2BBB8F6CAD3C6B5", "hex")],
    ["bytes that are no letters", Buffer.from(Array.from({ length: 400 }, (_, index) => 0x80 + ((index * 37) % 128)))],
  ])("is refused rather than misread when it is %s", async (_what, bytes) => {
    await expect(textOf(bytes, { mime: "text/plain" })).rejects.toMatchObject({
      name: "JobFailure",
      code: "document_unreadable",
      detail: "The encoding of my file is not clear. Save it as UTF-8, and send it again.",
    });
  });

  it.each([
    ["empty", ""],
    ["white space", " \r\n\t\u3000\n"],
    ["nothing but a mark", "\uFEFF"],
  ])("is refused when it is %s", async (_what, text) => {
    await expect(textOf(text, { mime: "text/plain" })).rejects.toMatchObject({
      code: "document_without_text",
      detail: "my file holds no text.",
    });
  });

  it("is tidied: line ends, blank lines, what is not seen, and letters put together", async () => {
    expect(
      await textOf("\uFEFF one \r\n\r\n\r\n\r\ntwo\u0007\u00AD cafe\u0301\r  three\t\n", { mime: "text/plain" }),
    ).toBe("one\n\ntwo café\n  three");
  });

  it("is read by what it is, whatever it is called", async () => {
    expect(await textOf(await readFile(join(examples, "documents/talk.srt")), { name: "talk.docx" })).not.toContain(
      "-->",
    );
    expect(await textOf("BMW shows a new car.", { name: "car.pdf" })).toBe("BMW shows a new car.");
  });
});

describe("subtitles", () => {
  it("become the spoken words", async () => {
    expect(await textOf(await readFile(join(examples, "documents/talk.srt")))).toBe(
      [
        "Good evening. My grandfather kept bees on a roof in the city.",
        "Every spring he would say: a bee never asks whose garden it is.",
        "She visits the balcony with one tomato plant, and the palace park.",
        "So plant something. A pot of thyme on the windowsill is enough.",
        "By summer you will have visitors, and somewhere, somebody has honey.",
      ].join("\n"),
    );
  });

  it("are refused when nobody says anything", async () => {
    await expect(textOf("1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n")).rejects.toMatchObject({
      code: "document_without_text",
    });
  });
});

it("refuses a type that no text is read from", async () => {
  await expect(textOf("x", { mime: "image/png" })).rejects.toMatchObject({
    code: "file_type_not_supported",
    detail: "my file is image/png, which no text is read from.",
  });
});
