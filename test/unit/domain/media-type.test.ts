import { describe, expect, it } from "vitest";
import { describeFailure } from "../../../src/domain/failure.ts";
import { formatNames, formatOf, formatOfUrl, formatsInWords } from "../../../src/domain/media-type.ts";

it("the backend's upload takes what the protocol says, and no more", () => {
  expect(formatsInWords("as_is")).toBe("mp4, mov, avi, webm, mkv, jpg, png, gif, webp, mp3, wav, m4a or aac");
});

it("what the skills take besides is turned into something else", () => {
  expect(formatsInWords("to_text")).toBe("txt, srt, docx, pdf or html");
  expect(formatOf("image/heic")).toMatchObject({ name: "heic", kind: "image", use: "to_jpg" });
  expect(formatOf("text/plain")).toMatchObject({ name: "txt", kind: "script", use: "to_text" });
  expect(formatOf("application/zip")).toBeNull();
  // Old Office files and those with a password: the reader tells them apart.
  expect(formatOf("application/x-cfb")).toMatchObject({ name: "docx", mime: "application/x-cfb", use: "to_text" });
});

it("the advice on a file of another type names every format that is taken", () => {
  const { advice } = describeFailure("file_type_not_supported");
  for (const name of formatNames) expect(advice).toMatch(new RegExp(`\\b${name}\\b`));
});

describe("the format that a URL seems to lead to", () => {
  it.each([
    ["https://example.com/a/photo.JPG?w=1#x", "jpg"],
    ["https://example.com/photo.jpeg", "jpg"],
    ["https://example.com/clip.mkv", "mkv"],
    ["https://example.com/page.html", "html"],
  ])("is the ending of its path: %s", (url, name) => {
    expect(formatOfUrl(url)?.name).toBe(name);
  });

  it.each([
    "https://example.com/",
    "https://example.com/mp4",
    "https://example.com/?a=b.mp4",
    "https://a.pdf",
    "clip.mp4",
  ])("is not known of %s", (url) => {
    expect(formatOfUrl(url)).toBeNull();
  });
});
