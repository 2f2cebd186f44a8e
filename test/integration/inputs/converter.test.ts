import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { JobFailure } from "../../../src/domain/failure.ts";
import { conversionLimits } from "../../../src/inputs/conversion.ts";
import { createConverter } from "../../../src/inputs/converter.ts";
import { rightsOf } from "../../../src/inputs/run-conversion.ts";
import { docxType, examples } from "../../support/conversions.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const run = promisify(execFile);
const never = new AbortController().signal;
const story = { path: join(examples, "documents/story.pdf"), mime: "application/pdf", name: "story.pdf" };

/** How many processes this one has started that have not ended; an ended one is counted until the end of the turn. */
const children = () => process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;

describe("a conversion", () => {
  it("ends at once with the reason when its signal fires, and leaves no process behind", async () => {
    const converter = createConverter();
    const controller = new AbortController();
    const reason = new Error("canceled");
    const conversion = converter.documentText(story, controller.signal);
    await vi.waitUntil(() => children() === 1);
    controller.abort(reason);
    await expect(conversion).rejects.toBe(reason);
    await vi.waitUntil(() => children() === 0);
  });

  it("does not begin when its signal has fired", async () => {
    const reason = new Error("canceled");
    await expect(createConverter().documentText(story, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it("that takes too long is ended, and the file is to blame", async () => {
    const converter = createConverter({ limits: { documentTimeMs: 1 } });
    await expect(converter.documentText(story, never)).rejects.toMatchObject({
      code: "document_unreadable",
      detail: "story.pdf is not safe to open: it could not be read within 0.001 seconds.",
    });
    await vi.waitUntil(() => children() === 0);
  });

  it.each([
    ["as a document", { documentMemoryBytes: 32 * 1024 * 1024 }],
    ["on its heap", { documentMemoryBytes: 1 }],
  ])("that takes too much memory %s is ended, and the file is to blame", async (_where, limits) => {
    await expect(createConverter({ limits }).documentText(story, never)).rejects.toMatchObject({
      code: "document_unreadable",
      detail: "story.pdf is not safe to open: to read it takes more memory than a file may take.",
    });
    await vi.waitUntil(() => children() === 0);
  });

  it("waits for its turn while as many run as may, and gives it up when its signal fires", async () => {
    const converter = createConverter({ limits: { atOnce: 1 } });
    const controller = new AbortController();
    const first = converter.documentText(story, never);
    const second = converter.documentText(story, controller.signal);
    const third = converter.documentText(story, never);
    await vi.waitUntil(() => children() === 1);
    controller.abort(new Error("canceled"));
    await expect(second).rejects.toThrow("canceled");
    expect(children()).toBe(1);
    const [one, other] = await Promise.all([first, third]);
    expect(other).toEqual(one);
  });

  it("does not blame the file when it is not there", async () => {
    const missing = createConverter().documentText({ ...story, path: join(await tempFolder(), "gone") }, never);
    await expect(missing).rejects.toThrow(/A conversion crashed: .*ENOENT/);
    await expect(missing).rejects.not.toBeInstanceOf(JobFailure);
  });

  it("can read its file and its own code, and nothing else", async () => {
    const task = { kind: "document", ...story, charset: null, limits: conversionLimits } as const;
    const own = join(import.meta.dirname, "../../../src/inputs/conversion.ts");
    const secrets = [`/proc/${process.pid}/environ`, join(examples, "documents/talk.srt"), "/etc/passwd"];
    const code = "for (const path of process.argv.slice(1)) console.log(process.permission.has('fs.read', path))";
    const { stdout } = await run(process.execPath, [...rightsOf(task), "-e", code, story.path, own, ...secrets]);
    expect(stdout.trim().split("\n")).toEqual(["true", "true", "false", "false", "false"]);
  });

  it("can write its target and nothing else", async () => {
    const folder = await tempFolder();
    const path = join(examples, "pictures/sailing.heic");
    await expect(createConverter().jpegOf({ path }, join(folder, "missing/a.jpg"), never)).rejects.toThrow(
      /A conversion crashed: .*ENOENT/,
    );
    const target = join(folder, "a.jpg");
    expect((await createConverter().jpegOf({ path }, target, never)).bytes).toBe((await readFile(target)).length);
  });

  it("logs how it ended and how long it took, and what the library said", async () => {
    const lines: object[] = [];
    const converter = createConverter({ log: { info: (fields) => lines.push(fields) } });
    await converter.documentText(story, never);
    const broken = { ...story, mime: docxType };
    await converter.documentText(broken, never).catch(() => {});
    expect(lines).toEqual([
      { kind: "document", outcome: "text", cause: undefined, tookMs: expect.any(Number) },
      {
        kind: "document",
        outcome: "document_unreadable",
        cause: expect.stringMatching(/^Error: /),
        tookMs: expect.any(Number),
      },
    ]);
  });
});

describe("bytes of any kind", () => {
  const mimes = ["text/plain", "application/x-subrip", "text/html", "application/pdf", docxType];

  it.each(mimes)("as %s become a text or a failure that says why", async (mime) => {
    const converter = createConverter();
    const path = join(await tempFolder(), "upload");
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        await writeFile(path, bytes);
        const outcome = await converter.documentText({ path, mime, name: "x" }, never).catch((error: unknown) => error);
        if (outcome instanceof JobFailure) expect(outcome.detail).toMatch(/\bx\b/);
        else expect(outcome).toMatchObject({ text: expect.stringMatching(/\S/) });
      }),
      { numRuns: 4 },
    );
  });
});
