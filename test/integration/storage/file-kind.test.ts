import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { formatOf } from "../../../src/domain/media-type.ts";
import { recogniseFile } from "../../../src/storage/file-kind.ts";
import { ffmpeg, testInputs } from "../../support/ffmpeg-sample.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const both = ["-c:v", "mpeg4", "-c:a", "aac"];
const picture = ["-map", "0:v", "-frames:v", "1"];
const sound = ["-map", "1:a"];

/** For each type that the backend takes, how ffmpeg makes one. */
const samples: Record<string, { args: string[]; mime: string; kind: string }> = {
  mp4: { args: both, mime: "video/mp4", kind: "video" },
  mov: { args: both, mime: "video/quicktime", kind: "video" },
  avi: { args: ["-c:v", "mpeg4", "-c:a", "libmp3lame"], mime: "video/x-msvideo", kind: "video" },
  webm: { args: ["-c:v", "libvpx", "-c:a", "libopus"], mime: "video/webm", kind: "video" },
  mkv: { args: both, mime: "video/x-matroska", kind: "video" },
  jpg: { args: picture, mime: "image/jpeg", kind: "image" },
  png: { args: picture, mime: "image/png", kind: "image" },
  gif: { args: picture, mime: "image/gif", kind: "image" },
  webp: { args: picture, mime: "image/webp", kind: "image" },
  mp3: { args: sound, mime: "audio/mpeg", kind: "audio" },
  wav: { args: sound, mime: "audio/wav", kind: "audio" },
  m4a: { args: sound, mime: "audio/mp4", kind: "audio" },
  aac: { args: sound, mime: "audio/aac", kind: "audio" },
};

describe("what the backend takes", () => {
  it("is all tried here", () => {
    expect(Object.values(samples).filter(({ mime }) => formatOf(mime)?.use !== "as_is")).toEqual([]);
    expect(Object.keys(samples).join(" ")).toBe("mp4 mov avi webm mkv jpg png gif webp mp3 wav m4a aac");
  });

  it.each(Object.entries(samples))("recognises real %s, whatever its name", async (extension, { args, mime, kind }) => {
    const folder = await tempFolder();
    const path = join(folder, `sample.${extension}`);
    await ffmpeg(...testInputs(0.5, "64x64"), ...args, path);
    const disguised = join(folder, "upload.txt");
    const bytes = await readFile(path);
    await writeFile(disguised, bytes);
    const expected = { extension, mime, kind };
    expect(await recogniseFile(disguised)).toEqual(expected);
    expect(await recogniseFile(bytes.subarray(0, 4100))).toEqual(expected);
  });

  it("includes variants that have a name of their own", async () => {
    const path = join(await tempFolder(), "sample.apng");
    await ffmpeg(...testInputs(0.5, "64x64"), "-map", "0:v", path);
    expect(await recogniseFile(path)).toMatchObject({ extension: "png" });
    expect(await recogniseFile(ftyp("M4V "))).toMatchObject({ extension: "mp4" });
  });
});

describe("documents and texts", () => {
  const document = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  const contentTypes = `<Types><Override PartName="/word/document.xml" ContentType="${document}.main+xml"/></Types>`;

  it.each([
    ["docx", "document", zip({ "[Content_Types].xml": contentTypes, "word/document.xml": "<w:document/>" })],
    ["pdf", "document", Buffer.from("%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n")],
    ["heic", "image", ftyp("heic")],
    ["srt", "text", Buffer.from("1\n00:00:01,000 --> 00:00:02,500\nHello\n")],
    ["srt", "text", Buffer.from("\uFEFF1\r\n00:00:01,000 --> 00:00:02,500\r\n你好\r\n")],
    ["txt", "text", Buffer.from("Make a video about Tïtle 城市 🎬\n\twith music")],
    ["txt", "text", Buffer.from("\uFEFFwith a byte order mark")],
    ["txt", "text", Buffer.from(`${"x".repeat(64 * 1024 - 1)}城`)],
    ["txt", "text", Buffer.from("\uFEFF你好。", "utf16le")],
    ["txt", "text", Buffer.from("\uFEFF你好。", "utf16le").swap16()],
    ["txt", "text", Buffer.from("A day at the harbour\r\n", "utf16le")],
    ["txt", "text", Buffer.from("清晨六点，西湖还在薄雾里。\n一只小船。".repeat(4000), "utf16le").swap16()],
    ["txt", "text", Buffer.from("Un café à Paris", "latin1")],
    ["txt", "text", Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0xa1, 0xa3])],
    ["srt", "text", Buffer.from("\uFEFF1\r\n00:00:01,000 --> 00:00:02,500\r\n你好\r\n", "utf16le")],
    ["html", "document", Buffer.from("\uFEFF\n<!-- saved --><!DOCTYPE html>\n<html lang=en><p>hi")],
    ["html", "document", Buffer.from('<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"></html>')],
    ["html", "document", Buffer.from("<HTML><BODY>", "utf16le")],
    ["html", "document", Buffer.from("<div class='post'>Un café</div>", "latin1")],
    ["cfb", "document", Buffer.concat([Buffer.from("D0CF11E0A1B11AE1", "hex"), Buffer.alloc(1024)])],
  ])("recognises %s as %s", async (extension, kind, bytes) => {
    expect(await recogniseFile(bytes)).toMatchObject({ extension, kind });
    const path = join(await tempFolder(), "upload");
    await writeFile(path, bytes);
    expect(await recogniseFile(path)).toMatchObject({ extension, kind });
  });
});

it.each(["BMW shows a new car", "MZ, a love story", "solid gold, pure silver", "ID3 tags: a history"])(
  "takes words for text, also when they begin as another format does: %s",
  async (text) => {
    expect(await recogniseFile(Buffer.from(`${text}, told in a minute.`))).toMatchObject({ mime: "text/plain" });
  },
);

it.each([
  ["nothing", Buffer.alloc(0)],
  ["blanks", Buffer.from(" \n\t\n")],
  ["zeros", Buffer.alloc(100)],
  ["text with a NUL", Buffer.from("hello\0world")],
  ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x41, 0xd8, 0x00])],
  ["a format that is written in text", Buffer.from("{\\rtf1\\ansi hello}")],
  ["another page description", Buffer.from("%!PS-Adobe-3.0\n72 700 moveto")],
  ["an XML file", Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
  ["a program", Buffer.from("\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", "latin1")],
  ["another archive", zip({ "a.txt": "hello" })],
  ["a picture of another type", Buffer.from("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "latin1")],
  ["an archive cut short", zip({ "[Content_Types].xml": "x" }).subarray(0, 40)],
])("does not take %s for anything", async (_name, bytes) => {
  expect(await recogniseFile(bytes)).toBeNull();
});

it("does not hide that a file is missing", async () => {
  await expect(recogniseFile(join(await tempFolder(), "missing"))).rejects.toMatchObject({
    code: "ENOENT",
  });
});

function ftyp(brand: string): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 20]), Buffer.from(`ftyp${brand}\0\0\0\0${brand}`), Buffer.alloc(32)]);
}

/** A ZIP of stored entries, with local headers only: what readers from the front need. */
function zip(entries: Record<string, string>): Buffer {
  const parts = Object.entries(entries).map(([name, content]) => {
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt32LE(crc32(content), 14);
    header.writeUInt32LE(Buffer.byteLength(content), 18);
    header.writeUInt32LE(Buffer.byteLength(content), 22);
    header.writeUInt16LE(Buffer.byteLength(name), 26);
    return Buffer.concat([header, Buffer.from(name), Buffer.from(content)]);
  });
  return Buffer.concat([...parts, Buffer.from("PK\x05\x06"), Buffer.alloc(18)]);
}
