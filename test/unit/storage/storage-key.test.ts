import { expect, it } from "vitest";
import { storageKey, storagePath } from "../../../src/storage/storage-key.ts";

it("makes the same key of the same name, in one of 256 folders", () => {
  expect(storageKey("video", "job_1.mp4")).toBe(storageKey("video", "job_1.mp4"));
  const names = Array.from({ length: 2000 }, (_, index) => storageKey("draft", `job_${index}`));
  expect(new Set(names.map((key) => key.split("/")[1])).size).toBe(256);
});

it.each([
  "",
  ".",
  "..",
  "../x",
  "a/b",
  "a\\b",
  "a..b",
  ".hidden",
  "a.",
  "A",
  "a b",
  "a\0",
  "ä",
  "a\n",
  "-a",
  "x".repeat(129),
  "a.tar.gz",
])("takes no name like %j", (name) => {
  expect(() => storageKey("file", name)).toThrow(TypeError);
});

it("finds a key's path below the folder", () => {
  const key = storageKey("script", "job_1");
  expect(storagePath("/data", key)).toBe(`/data/${key}`);
});

it.each([
  "",
  "/etc/passwd",
  "../../etc/passwd",
  "file/00/../../../etc/passwd",
  "file/00/..",
  "other/00/a",
  "file/0/a",
  "file/zz/a",
  "file/00/a/b",
  "tmp/a",
  "file/00/a\n",
  "file//a",
  "FILE/00/a",
])("takes %j for no key", (key) => {
  expect(() => storagePath("/data", key)).toThrow(TypeError);
});
