import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createConverter } from "../../src/inputs/converter.ts";
import { recogniseFile } from "../../src/storage/file-kind.ts";
import { tempFolder } from "./temp-folder.ts";

export const examples = join(import.meta.dirname, "../../examples");
export const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const converter = createConverter();

/** Texts in encodings that the platform can only read. */
export { default as legacyTexts } from "../fixtures/inputs/encodings.json" with { type: "json" };

export function inputFixture(name: string): Promise<Buffer> {
  return readFile(join(import.meta.dirname, "../fixtures/inputs", name));
}

/** The text of a file with these bytes, of the type that it has, or that it is said to have. */
export async function textOf(
  bytes: Buffer | string,
  { mime, name = "my file", charset }: { mime?: string; name?: string; charset?: string } = {},
): Promise<string> {
  const path = join(await tempFolder(), "upload");
  await writeFile(path, bytes);
  const type = mime ?? (await recogniseFile(path))?.mime ?? "unknown";
  const source = { path, mime: type, name, charset };
  return (await converter.documentText(source, new AbortController().signal)).text;
}
