import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conversionLimits } from "../../../src/inputs/conversion.ts";
import { convertDocument } from "../../../src/inputs/document-text.ts";
import { tidyText } from "../../../src/inputs/tidy-text.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "reelay-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/** Pieces that lead further into a reader than plain noise does. */
const markup = fc.constantFrom(
  ..."<html>|<p>|</p>|<table><tr><td>|<li>|&#xD800;|&nbsp;|<!--|<![CDATA[|<svg>|<input type=password>|<title>|1\n00:00:01,000 --> 00:00:02,000\n".split(
    "|",
  ),
  "The harbour wakes before the city does, and nobody sees it. ",
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array)),
  fc
    .array(fc.oneof(markup, fc.string({ unit: "binary", maxLength: 5 })), { maxLength: 60 })
    .map((parts) => Buffer.from(parts.join(""))),
);

describe("any bytes", () => {
  it.each(["text/plain", "application/x-subrip", "text/html", docx])(
    "as %s become a tidy script, or fail",
    async (mime) => {
      const path = join(folder, mime.replace("/", "-"));
      await fc.assert(
        fc.asyncProperty(bytes, async (content) => {
          await writeFile(path, content);
          const task = { kind: "document" as const, path, name: "x", mime, charset: null, limits: conversionLimits };
          const outcome = await convertDocument(task).catch((error: unknown) => error);
          if (outcome instanceof Error) return;
          const { text } = outcome as { text: string };
          expect(text).not.toBe("");
          expect(text).toBe(tidyText(text));
          expect(text.length).toBeLessThanOrEqual(conversionLimits.scriptChars);
        }),
        { numRuns: 100 },
      );
    },
  );
});
