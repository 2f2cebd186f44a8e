import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { QueuedJob } from "../../src/domain/job.ts";
import { listen } from "../support/loopback-server.ts";
import { newFileId } from "../support/queued-job.ts";
import { startBench } from "../support/stage-bench.ts";

type Bench = Awaited<ReturnType<typeof startBench>>;
type Ended = Awaited<ReturnType<Bench["run"]>>;

const picture = await readFile(join(import.meta.dirname, "../../examples/pictures/1.jpg"));
const instruction = "Make a 1 second video. Resolution 64x36.";
const page = (body: string) =>
  `<!doctype html><html lang="en"><head><title>The history of tea</title></head><body><nav><a href="/">Home</a></nav><article><h1>The history of tea</h1>${body}</article></body></html>`;
const paragraph =
  "<p>Tea was first drunk in China, long before it was a drink of the whole world, as a bitter medicine. </p>";
const subtitles =
  "1\r\n00:00:00,000 --> 00:00:02,000\r\nThe harbour wakes.\r\n\r\n2\r\n00:00:02,000 --> 00:00:04,000\r\nNets dry.\r\n";

const factsIn = ({ ledger }: Ended, type: string) => ledger.filter((entry) => entry["type"] === type);

/** What is at some addresses, and how often each was asked for. */
async function serve(contents: Record<string, { body: string | Buffer; type: string }>) {
  const asked: string[] = [];
  const { origin } = await listen(
    createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://any");
      asked.push(pathname);
      const content = contents[pathname];
      if (content === undefined) return void response.writeHead(404).end();
      return void response.writeHead(200, { "content-type": content.type }).end(content.body);
    }),
  );
  return { asked, url: (path: string) => `${origin}${path}` };
}

/** Runs a job to the end of its generation, with these inputs. */
async function generate(bench: Bench, input: Partial<QueuedJob["input"]>, job: Partial<QueuedJob> = {}) {
  const whole = { textKey: null, files: [], urls: [], instruction, ...input };
  return await bench.run({ type: "generate", plan: ["upload", "generate"], input: whole, ...job }, []);
}

const textKey = async ({ storage }: Bench, text: string) => (await storage.put("script", text, { maxBytes: 1e6 })).key;
const messageOf = (ended: Ended): unknown => factsIn(ended, "message")[0]?.["text"];

describe.each(["first", "last"] as const)("in the dialect '%s'", (dialect) => {
  it("documents and pages become the script, after the text of the job and in the order of the inputs; media are uploaded", async () => {
    const bench = await startBench(dialect);
    const { url, asked } = await serve({
      "/tea": { body: page(paragraph.repeat(12)), type: "text/html; charset=utf-8" },
      "/clip.jpg": { body: picture, type: "application/octet-stream" },
    });
    const files = [
      await bench.addFile("a.srt", subtitles),
      await bench.addPicture(),
      await bench.addFile("b.txt", "\uFEFFGulls argue."),
    ];
    const ended = await generate(bench, {
      textKey: await textKey(bench, "Who begins?"),
      files,
      urls: [url("/clip.jpg?signature=x"), url("/tea")],
    });
    expect(ended.code).toBe("succeeded");
    const message = String(messageOf(ended));
    const order = ["Who begins?", "The harbour wakes.", "Gulls argue.", "The history of tea", "Tea was first drunk"];
    expect(order.map((words) => message.indexOf(words))).toEqual(
      order.map((words) => message.indexOf(words)).toSorted((a, b) => a - b),
    );
    expect(order.every((words) => message.includes(words))).toBe(true);
    expect(message).not.toMatch(/00:00|Home|<p>|\uFEFF/);
    expect(message.split("The history of tea")).toHaveLength(2);
    expect(factsIn(ended, "upload").map(({ filename, source }) => [filename, source])).toEqual([
      ["dot.png", "multipart"],
      ["clip.jpg", "url"],
    ]);
    expect(ended.job.made.prepared?.media).toMatchObject([
      { from: "storage", name: "dot.png" },
      { from: "url", url: url("/clip.jpg?signature=x") },
    ]);
    // Looked at by the service, then fetched by the backend; the page by the service alone.
    expect(asked.toSorted()).toEqual(["/clip.jpg", "/clip.jpg", "/tea"]);
    expect(JSON.stringify([ended.events, bench.logged])).not.toContain("signature");
  });

  it("words alone touch no session before the message needs one", async () => {
    const bench = await startBench(dialect);
    const ended = await generate(bench, { files: [await bench.addFile("a.txt", "The harbour wakes.")] });
    expect(ended.code).toBe("succeeded");
    expect(factsIn(ended, "upload")).toEqual([]);
    expect(messageOf(ended)).toBe(`${instruction}\n\nThe harbour wakes.`);
  });

  it("the session is made in the language of the script", async () => {
    const bench = await startBench(dialect);
    const script = "港口比城市醒得更早。渔网晾干，海鸥争吵，第一班渡轮驶入薄雾。";
    const ended = await generate(bench, { files: [await bench.addFile("a.txt", script)], instruction: null });
    expect(factsIn(ended, "session")).toMatchObject([{ language: "zh" }]);
    expect(ended.job.made.changes[0]).toMatch(/已添加/);
    expect(ended.job.made.timeline?.summary).toMatch(/^时间线/);
  });

  it("people see once that the session is being made, and that it is there", async () => {
    const bench = await startBench(dialect);
    const busy = { endpoint: "session", status: 503, times: 2 };
    const ended = await bench.run({ plan: ["generate"], input: { textKey: null, files: [], urls: [], instruction } }, [
      busy,
    ]);
    expect(ended.code).toBe("succeeded");
    expect(textsOf(ended).filter((text) => text === "Connecting…" || text === "Ready")).toEqual([
      "Connecting…",
      "Ready",
    ]);
  });
});

const textsOf = ({ events }: Ended): string[] =>
  events
    .flatMap((event) => /^\{"type":"job.text","text":(".*")\}$/s.exec(event)?.[1] ?? [])
    .map((text) => String(JSON.parse(text)));

describe("an input that is no good ends the job before its session is touched and anything is spent", () => {
  const cases: [string, string, (bench: Bench) => Promise<{ ended: Ended; detail: RegExp }>][] = [
    [
      "more text than a script may have",
      "script_too_long",
      async (bench) => {
        const files = [await bench.addPicture(), await bench.addFile("long.txt", "word ".repeat(6_000))];
        const text = await textKey(bench, "word ".repeat(6_000));
        return { ended: await generate(bench, { textKey: text, files }), detail: /long\.txt.*50000/ };
      },
    ],
    [
      "a page without an article",
      "page_without_article",
      async (bench) => {
        const { url } = await serve({ "/": { body: page(""), type: "text/html" } });
        return { ended: await generate(bench, { urls: [url("/?secret")] }), detail: /127\.0\.0\.1/ };
      },
    ],
    [
      "an address that leads to nothing",
      "url_unreachable",
      async (bench) => {
        const { url } = await serve({});
        return { ended: await generate(bench, { urls: [url("/?secret")] }), detail: /HTTP 404/ };
      },
    ],
    [
      "an address that is not public",
      "url_forbidden",
      async (bench) => ({
        ended: await generate(bench, { urls: ["http://169.254.169.254/?secret"] }),
        detail: /169\.254\.169\.254/,
      }),
    ],
    [
      "an archive",
      "file_type_not_supported",
      async (bench) => {
        const { url } = await serve({ "/": { body: Buffer.from("PK\u0003\u0004nothing"), type: "application/zip" } });
        return { ended: await generate(bench, { urls: [url("/?secret")] }), detail: /application\/zip/ };
      },
    ],
    [
      "a file that is there no more",
      "file_not_found",
      async (bench) => {
        const files = [await bench.addPicture(), newFileId()];
        return { ended: await generate(bench, { files }), detail: /is not there/ };
      },
    ],
  ];

  it.each(cases)("%s: %s", async (_what, code, run) => {
    const bench = await startBench("first");
    const { ended, detail } = await run(bench);
    expect(ended.job).toMatchObject({
      status: "failed",
      error: { code, stage: "upload", detail: expect.stringMatching(detail) },
    });
    expect(JSON.stringify([ended.job.status === "failed" && ended.job.error, ended.events])).not.toContain("secret");
    expect(["session", "upload", "message"].flatMap((type) => factsIn(ended, type))).toEqual([]);
  });

  it("addresses that take too long, all together", async () => {
    const bench = await startBench("first", { lookLimitMs: 300 });
    const { origin } = await listen(createServer(() => undefined));
    const ended = await generate(bench, { urls: [`${origin}/?secret`, `${origin}/2?secret`] });
    expect(ended.job).toMatchObject({ error: { code: "url_unreachable", detail: expect.stringMatching(/too long/) } });
    expect(factsIn(ended, "session")).toEqual([]);
  });

  it.each(["upload", "export"] as const)("words, where nothing is said to the backend: %s", async (type) => {
    const bench = await startBench("first");
    const files = [await bench.addPicture(), await bench.addFile("a.txt", "The harbour wakes.")];
    const plan = type === "upload" ? (["upload"] as const) : (["upload", "export"] as const);
    const ended = await generate(bench, { files, instruction: null }, { type, plan: [...plan] });
    expect(ended.job).toMatchObject({
      error: { code: "file_type_not_supported", detail: expect.stringMatching(/a\.txt.*`video` or `generate`/) },
    });
    expect(factsIn(ended, "upload")).toEqual([]);
  });
});
