import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { requestLimits } from "../../../src/domain/job-request.ts";
import { examples, inputFixture, textOf } from "../../support/conversions.ts";
import { docx, documentXml, zip } from "../../support/zip.ts";

const refused = (code: string, detail: RegExp | string) => ({
  name: "JobFailure",
  code,
  detail: typeof detail === "string" ? expect.stringContaining(detail) : expect.stringMatching(detail),
});
const damaged = refused("document_unreadable", /^my file is damaged/);

describe("a PDF", () => {
  it("becomes its paragraphs, broken lines and hyphenated words put together", async () => {
    expect(await textOf(await readFile(join(examples, "documents/story.pdf")))).toBe(
      [
        "The Lighthouse Keeper’s Garden",
        "Every evening old Maren climbs the ninety-nine steps and lights the lamp. In the morning she comes down and waters her roses, which nobody believed would grow in salt wind.",
        "One winter the storm took the power. Ships turned blind in the dark. So Maren hung a lantern on every rose bush, one after another, down to the water.",
        "The fishermen came home along a path of light. In spring they brought her soil from every harbour they knew.",
      ].join("\n\n"),
    );
  });

  it("is refused when it takes a password to open it", async () => {
    await expect(textOf(await inputFixture("user-password.pdf"))).rejects.toMatchObject(
      refused("document_encrypted", /^my file can only be opened with a password/),
    );
  });

  it("is read when it only takes a password to change it", async () => {
    expect(await textOf(await inputFixture("owner-password.pdf"))).toContain("Every evening old Maren");
  });

  it("is refused when it is a scan, saying how many pages it has", async () => {
    await expect(textOf(await inputFixture("scan.pdf"))).rejects.toMatchObject(
      refused("document_without_text", "Its 2 pages are pictures"),
    );
  });

  it.each([0.3, 0.6, 0.9, 0.99])("is refused when only %d of it is there", async (share) => {
    const whole = await readFile(join(examples, "documents/story.pdf"));
    await expect(textOf(whole.subarray(0, Math.floor(whole.length * share)))).rejects.toMatchObject(
      refused("document_unreadable", "my file is not complete"),
    );
  });

  it("is refused when there is garbage after its header", async () => {
    const garbage = Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(5000, "\x01xyz"), Buffer.from("%%EOF\n")]);
    await expect(textOf(garbage)).rejects.toMatchObject(damaged);
  });

  it("is read all the same when its index is wrong", async () => {
    const whole = (await readFile(join(examples, "documents/story.pdf"))).toString("latin1");
    const misled = Buffer.from(whole.replace(/startxref\n\d+/, "startxref\n7"), "latin1");
    expect(await textOf(misled)).toContain("every harbour they knew");
  });
});

describe("a DOCX", () => {
  it("becomes paragraphs, items of lists and rows of tables", async () => {
    expect(await textOf(await inputFixture("report.docx"))).toBe(
      [
        "Lists and tables\n",
        "First line",
        "second line of the same paragraph.\n",
        "- one",
        "- two\n",
        "City | River",
        "Prague | Vltava",
        "Porto\n",
        "杭州的一天。",
      ].join("\n"),
    );
  });

  it("is refused when it has a password", async () => {
    const bytes = await inputFixture("password.docx");
    await expect(textOf(bytes)).rejects.toMatchObject(refused("document_encrypted", /^my file .* with a password/));
  });

  it("is refused when it is of before 2007", async () => {
    const bytes = await inputFixture("before-2007.doc");
    await expect(textOf(bytes)).rejects.toMatchObject(
      refused("file_type_not_supported", "my file is in Office's format of before 2007"),
    );
  });

  it("is refused when it holds no text", async () => {
    const bytes = await inputFixture("no-text.docx");
    await expect(textOf(bytes)).rejects.toMatchObject(refused("document_without_text", "my file holds no text"));
  });

  it("is refused when it is another archive", async () => {
    const mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const archive = zip([{ name: "a.xml", content: "<a/>" }]);
    await expect(textOf(archive, { mime })).rejects.toMatchObject(
      refused("document_unreadable", "my file is an archive, but no DOCX"),
    );
  });

  it("is refused when a part of it is missing", async () => {
    const bytes = await inputFixture("report.docx");
    await expect(textOf(bytes.subarray(0, bytes.length - 200))).rejects.toMatchObject(damaged);
    await expect(textOf(docx({ content: documentXml("<w:p>") }))).rejects.toMatchObject(damaged);
  });
});

describe("a bomb of a DOCX", () => {
  const paragraph = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;

  it.each([
    ["says how large it is", undefined, "its text unpacks to more than 8,388,608 bytes"],
    ["says that it is small", 1000, "my file is damaged"],
  ])("is refused while it unpacks when it %s", async (_what, declaredBytes, why) => {
    const content = Buffer.alloc(64 * 1024 * 1024, " ");
    const bomb = docx(
      { content: documentXml(paragraph("a")) },
      { name: "word/styles.xml", content, ...(declaredBytes && { declaredBytes }) },
    );
    expect(bomb.length).toBeLessThan(100_000);
    await expect(textOf(bomb)).rejects.toMatchObject(refused("document_unreadable", why));
  });

  it("is read when only its pictures are large", async () => {
    const picture = { name: "word/media/a.png", content: Buffer.alloc(64 * 1024 * 1024) };
    expect(await textOf(docx({ content: documentXml(paragraph("a")) }, picture))).toBe("a");
  });

  it("is refused when it has too many parts", async () => {
    const parts = Array.from({ length: 5000 }, (_, index) => ({ name: `word/media/${index}.bin`, content: "" }));
    await expect(textOf(docx({ content: documentXml("") }, ...parts))).rejects.toMatchObject(
      refused("document_unreadable", "my file is not safe to open: it packs 5,003 files"),
    );
  });

  it("is refused when it declares entities that multiply", async () => {
    const entities = Array.from({ length: 9 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`);
    const doctype = `<!DOCTYPE w:document [<!ENTITY e0 "ha">${entities.join("")}]>`;
    await expect(textOf(docx({ content: documentXml(paragraph("&e9;"), doctype) }))).rejects.toMatchObject(
      refused("document_unreadable", "it declares XML entities"),
    );
  });

  it("is refused when it nests without end", async () => {
    const nested = `${"<w:ins>".repeat(100_000)}${"</w:ins>".repeat(100_000)}`;
    await expect(textOf(docx({ content: documentXml(nested) }))).rejects.toMatchObject({
      name: "JobFailure",
      code: "document_unreadable",
    });
  });

  it("does not matter as a PDF either", async () => {
    const stream = deflateRawSync(Buffer.alloc(256 * 1024 * 1024, " "));
    expect(stream.length).toBeLessThan(300_000);
    await expect(textOf(pdfWithContent(Buffer.concat([Buffer.from([0x78, 0x9c]), stream])))).rejects.toMatchObject({
      name: "JobFailure",
    });
  });
});

describe("what is too long", () => {
  it("is refused with both numbers", async () => {
    const text = "a word ".repeat(8000);
    await expect(textOf(text)).rejects.toMatchObject(
      refused("script_too_long", "my file has 55,999 characters of text; a script may have 50,000."),
    );
    expect(await textOf("x".repeat(requestLimits.textChars))).toHaveLength(requestLimits.textChars);
  });

  it("is refused unread when it is far too long", async () => {
    const book = documentXml("<w:p><w:r><w:t>Once upon a time.</w:t></w:r></w:p>".repeat(10_000));
    await expect(textOf(docx({ content: book }))).rejects.toMatchObject(
      refused("script_too_long", "my file has about 170,000 characters of text; a script may have 50,000."),
    );
    await expect(textOf(Buffer.alloc(5_000_000, "a "))).rejects.toMatchObject(
      refused("script_too_long", "my file has 5,000,000 bytes of text; a script may have 50,000 characters."),
    );
  });
});

/** A PDF of one page with this compressed content. */
function pdfWithContent(content: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n" +
        `4 0 obj<</Length ${content.length}/Filter/FlateDecode>>stream\n`,
    ),
    content,
    Buffer.from("\nendstream endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"),
  ]);
}
