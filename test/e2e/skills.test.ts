import { createReadStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SkillName } from "../../src/domain/skill.ts";
import { ffmpegReport, makeMp4 } from "../support/ffmpeg-sample.ts";
import { startBackend, TOKEN } from "../support/local-backend.ts";
import { listen } from "../support/loopback-server.ts";
import { clientOfService, serviceSettings, startService } from "../support/service.ts";
import { tempFolder } from "../support/temp-folder.ts";

const instruction = "Make a 6 second video. Resolution 180x320.";

const page = `<!doctype html><html lang="en"><head><title>Why tides turn</title></head><body>
<nav><a href="/">Home</a> <a href="/shop">Shop</a></nav>
<article><h1>Why tides turn</h1>
<p>Twice a day the sea comes up the beach, and twice a day it leaves again. The moon pulls at the water that is nearest to it,
and the earth turns under the bulge, so that every harbour passes through it in turn.</p>
<p>The sun pulls too, with less than half the strength. When both pull in one line the tide is highest, and sailors call it a
spring tide, whatever the season may be.</p>
</article><footer>Subscribe to our newsletter</footer></body></html>`;

type Making = {
  skill: SkillName;
  files: readonly string[];
  /** Paths on a web site with a page and a clip. */
  paths?: readonly string[];
  text?: string;
  /** What the backend is to be told, and what is to be put into the session. */
  told: readonly string[];
  uploaded: readonly string[];
};

const clip = join(tmpdir(), `reelay-clip-${process.pid}.mp4`);
beforeAll(async () => await makeMp4(clip, 3));
afterAll(async () => await rm(clip, { force: true }));

const makings: readonly Making[] = [
  {
    skill: "text-to-video-capcut",
    files: ["examples/documents/product.docx", "examples/documents/talk.srt"],
    told: ["My grandfather kept bees on a roof in the city."],
    uploaded: [],
  },
  {
    skill: "ai-to-video",
    files: ["examples/documents/story.pdf"],
    paths: ["/tides"],
    told: ["Why tides turn", "every harbour passes through it in turn"],
    uploaded: [],
  },
  {
    skill: "generator-capcut",
    files: [clip],
    paths: ["/clip.mp4"],
    told: [],
    uploaded: [basename(clip), "clip.mp4"],
  },
  {
    skill: "image-to-video-capcut",
    files: ["examples/pictures/balloons.heic", "examples/pictures/2.jpg", "examples/pictures/sailing.heic"],
    told: [],
    uploaded: ["balloons.jpg", "2.jpg", "sailing.jpg"],
  },
  {
    skill: "ai-video-creator-online",
    files: ["examples/pictures/3.jpg", clip],
    text: "A cup that keeps its warmth. Made for long mornings.",
    told: ["Made for long mornings."],
    uploaded: ["3.jpg", basename(clip)],
  },
];

it.each(makings)("$skill makes a video that plays of what it takes best", async (making) => {
  const { skill, files, paths = [], text, told, uploaded } = making;
  const backend = await startBackend();
  const client = clientOfService(await startService(await serviceSettings({ url: backend.url, token: TOKEN })));
  const site = await startSite();
  const ids: string[] = [];
  for (const path of files) ids.push(await client.upload(path));
  const urls = paths.map((path) => `${site}${path}`);
  const input = { instruction, files: ids, urls, ...(text !== undefined && { text }) };
  const { job } = await client.finished((await client.submit({ type: "video", skill, input })).id);

  expect(job.error).toBeNull();
  const { video } = job.result ?? {};
  if (!video) throw new Error("The result has no video");
  expect(video).toMatchObject({ width: 180, height: 320, video_codec: "h264" });
  const path = join(await tempFolder(), "video.mp4");
  await writeFile(path, await buffer(await client.content(video.file_id)));
  expect(await ffmpegReport("-v", "error", "-i", path, "-f", "null", "-")).toBe("");

  const [message, ...more] = await backend.ledger("message");
  expect(more).toEqual([]);
  for (const words of told) expect(message?.["text"]).toContain(words);
  expect(message?.["text"]).not.toMatch(/newsletter|Shop|-->/);
  expect((await backend.ledger("upload")).map(({ filename }) => filename)).toEqual(uploaded);
  const requests = await backend.ledger("request");
  const calls = requests.filter(({ url }) => /^\/(?:api|run_sse)/.test(String(url)));
  expect(new Set(calls.map(({ headers }) => Reflect.get(Object(headers), "x-skill-source")))).toEqual(new Set([skill]));
});

async function startSite(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === "/clip.mp4") createReadStream(clip).pipe(response);
    else response.setHeader("content-type", "text/html; charset=utf-8").end(page);
  });
  return (await listen(server)).origin;
}
