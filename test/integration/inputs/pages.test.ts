import { describe, expect, it } from "vitest";
import { legacyTexts, textOf } from "../../support/conversions.ts";

const sentence =
  "The harbour wakes before the city does. Nets dry, gulls argue, and the first ferry hums out into the mist.";
const page = (body: string, head = "") =>
  `<!doctype html><html><head><title>Harbour days</title>${head}</head><body>${body}</body></html>`;
const article = (words: string) =>
  `<nav><a href="/">Home</a></nav><article><h1>Harbour days</h1>${words}</article><aside>Subscribe!</aside>`;

describe("a page", () => {
  it("becomes its article, the title first", async () => {
    const words = `<p>${sentence} ${sentence}</p><p>${sentence}</p><ul><li>one fish</li><li>two fish</li></ul><script>x()</script>`;
    expect(await textOf(page(article(words)))).toBe(
      `Harbour days\n\n${sentence} ${sentence}\n\n${sentence}\n\n- one fish\n- two fish`,
    );
  });

  it.each([
    [
      "asks to log in",
      `<form><h1>Log in</h1><p>${sentence} ${sentence}</p><input type="password"></form>`,
      "it asks to log in",
    ],
    [
      "is made by scripts",
      `<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>`,
      "without scripts",
    ],
    ["is a list of links", `<p><a href="x">${sentence}</a></p>`.repeat(20), "a list of links"],
    ["says that nothing was found", "<p>Not found</p>", "without scripts"],
  ])("is refused when it %s", async (_what, body, why) => {
    await expect(textOf(page(body), { name: "https://example.com/" })).rejects.toMatchObject({
      code: "page_without_article",
      detail: expect.stringMatching(new RegExp(`^https://example.com/ shows no article: .*${why}`)),
    });
  });

  it.each(["", "hello", "<p>", "<html>"])("without anything, as in %j, has no article", async (html) => {
    await expect(textOf(html, { mime: "text/html" })).rejects.toMatchObject({ code: "page_without_article" });
  });

  it("is refused when it is huge, or nests without end", async () => {
    await expect(textOf(page(article(`<p>${sentence}</p>`.repeat(60_000))))).rejects.toMatchObject({
      code: "file_too_large",
      detail: expect.stringMatching(/^my file has [\d,]+ bytes; text is read from at most 5,242,880\.$/),
    });
    await expect(textOf(page("<div>".repeat(20_000) + sentence))).rejects.toMatchObject({
      code: "document_unreadable",
      detail: expect.stringContaining("nests its elements without end"),
    });
  });

  it("is refused when it has too many elements to look at", async () => {
    await expect(textOf(page("<b>x</b>".repeat(30_001)))).rejects.toMatchObject({
      code: "document_unreadable",
      detail: "my file is not safe to open: it has more than 30,000 elements.",
    });
  });

  it("is refused when its article is longer than a script", async () => {
    await expect(textOf(page(article(`<p>${sentence}</p>`.repeat(1000))))).rejects.toMatchObject({
      code: "script_too_long",
    });
  });
});

describe("the encoding of a page", () => {
  const { text: chinese, base64 } = legacyTexts.findLast(({ encoding }) => encoding === "gbk") ?? {
    text: "",
    base64: "",
  };
  const paragraph = Buffer.concat(Array.from({ length: 4 }, () => Buffer.from(base64, "base64")));
  const gbk = (head: string) => {
    const [before = "", after = ""] = page("<article><p>|</p></article>", head).split("|");
    return Buffer.concat([Buffer.from(before), paragraph, Buffer.from(after)]);
  };

  it.each([
    ["a meta element names", '<meta charset="gbk">', undefined],
    [
      "a meta element names in the old way",
      '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
      undefined,
    ],
    ["its sender names", "", "gbk"],
    ["its sender names wrongly and a meta element rightly", '<meta charset="gbk">', "no-such-encoding"],
    ["nobody names, but is clear", "", undefined],
  ])("is the one that %s", async (_who, head, charset) => {
    expect(await textOf(gbk(head), { mime: "text/html", ...(charset !== undefined && { charset }) })).toContain(
      chinese,
    );
  });

  it("is UTF-8 where the bytes are, even if a meta element says otherwise", async () => {
    const html = page(`<article><p>${chinese.repeat(4)}</p></article>`, '<meta charset="iso-8859-1">');
    expect(await textOf(html)).toContain(chinese);
  });
});
