import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { startBackend, TOKEN } from "../support/local-backend.ts";
import { ffmpegReport } from "../support/ffmpeg-sample.ts";
import { clientOfService, serviceSettings, startService } from "../support/service.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { startReceiver } from "../support/webhook-receiver.ts";

const script = "Make a 6 second video. Resolution 180x320.\n\nRivers shape the land. They carry stories to the sea.";

it.each(["first", "last"] as const)(
  "makes a script into a video that plays, and says so by webhook (dialect %s)",
  async (dialect) => {
    const backend = await startBackend({ settings: { dialect } });
    const receiver = await startReceiver();
    const service = await startService(await serviceSettings({ url: backend.url, token: TOKEN }));
    const client = clientOfService(service);

    const submitted = await client.submit({
      type: "video",
      input: { text: script },
      webhook: { url: receiver.url },
      metadata: { order: "A-17" },
    });
    expect(submitted).toMatchObject({ object: "job", status: "queued", metadata: { order: "A-17" } });
    const { job, events } = await client.finished(submitted.id);

    expect(job).toMatchObject({ status: "succeeded", stage: "export", progress: { percent: 100 }, error: null });
    expect(job.result?.summary).toMatch(/^Timeline \(3 tracks\): 1\. Video: /);
    expect(job.result?.credits_used).toBe(100);
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["job.queued", "job.stage", "job.progress", "job.text"]),
    );
    const percents = events.flatMap((event) => (event.type === "job.progress" ? [event.percent] : []));
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(JSON.stringify(events)).not.toMatch(/click|button|timeline panel/i);

    const [delivery, ...more] = await receiver.received(1);
    expect(more).toEqual([]);
    expect(delivery).toMatchObject({ type: "job.succeeded", job: { id: job.id, result: job.result } });

    const { video } = job.result ?? {};
    if (!video) throw new Error("The result has no video");
    expect(video).toMatchObject({ width: 180, height: 320, video_codec: "h264", audio_codec: "aac" });
    expect(Math.abs(video.duration_s - 6)).toBeLessThanOrEqual(0.5);
    const file = join(await tempFolder(), "video.mp4");
    await writeFile(file, await buffer(await client.content(video.file_id)));
    expect(await ffmpegReport("-v", "error", "-i", file, "-f", "null", "-")).toBe("");

    const charged = (await backend.ledger("message")).map(({ credits }) => credits);
    expect(charged).toEqual([100]);
    expect(await backend.ledger("render")).toMatchObject([
      { event: "submitted", draft_unchanged: true },
      { event: "completed" },
    ]);
  },
);

it("carries one session through upload, generate and export jobs", async () => {
  const backend = await startBackend();
  const service = await startService(await serviceSettings({ url: backend.url, token: TOKEN }));
  const client = clientOfService(service);
  const pictures = ["examples/pictures/1.jpg", "examples/pictures/2.jpg"];
  const files = [];
  for (const picture of pictures) files.push(await client.upload(picture));

  const upload = await client.submit({ type: "upload", input: { files } });
  const session = { session_id: upload.session_id };
  const instruction = "Make a 5 second slideshow video from the uploaded pictures. Resolution 180x320.";
  const generate = await client.submit({ type: "generate", ...session, input: { instruction } });
  const exported = await client.submit({ type: "export", ...session, input: {} });
  expect([generate.status, exported.status]).toEqual(["waiting", "waiting"]);
  expect(exported.waiting?.reason).toBe("session_busy");

  const jobs = [];
  for (const { id } of [upload, generate, exported]) jobs.push((await client.finished(id)).job);
  expect(jobs.map(({ status }) => status)).toEqual(["succeeded", "succeeded", "succeeded"]);
  const uploads = [1, 2].map((picture) => ({ name: `${picture}.jpg`, kind: "image" }));
  expect(jobs[0]?.result).toMatchObject({ video: null, summary: null, uploads });
  expect(jobs[1]?.result).toMatchObject({ video: null });
  expect(jobs[2]?.result?.video).toMatchObject({ width: 180, height: 320 });
  expect(await backend.ledger("upload")).toHaveLength(2);
  const sessions = new Set((await backend.ledger("upload")).map(({ session: id }) => id));
  expect(sessions.size).toBe(1);
});

it("works with the API and the workers in processes of their own", async () => {
  const backend = await startBackend();
  const settings = await serviceSettings({ url: backend.url, token: TOKEN });
  const [api] = await Promise.all([
    startService({ ...settings, ROLE: "api" }),
    startService({ ...settings, ROLE: "worker" }),
    startService({ ...settings, ROLE: "worker" }),
  ]);
  const client = clientOfService(api);
  const { id } = await client.submit({ type: "generate", input: { text: script } });
  expect((await client.finished(id)).job.status).toBe("succeeded");
});

it("makes an anonymous account where no token is given, and one only", async () => {
  const backend = await startBackend();
  const settings = await serviceSettings({ url: backend.url, token: "" });
  await Promise.all([startService({ ...settings, ROLE: "worker" }), startService({ ...settings, ROLE: "worker" })]);
  const client = clientOfService(await startService({ ...settings, ROLE: "api" }));
  const jobs = await Promise.all(
    [1, 2, 3].map(async () => await client.submit({ type: "generate", input: { text: script } })),
  );
  // The account has credits for one of them; the others wait, and say where to get more.
  const waiting = async (): Promise<string[]> => {
    const views = await Promise.all(jobs.map(async ({ id }) => await client.job(id)));
    return views.flatMap((view) => (view.waiting?.reason === "credits" ? [view.waiting.detail] : []));
  };
  while ((await waiting()).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await waiting()).every((detail) => detail.includes("/register?bind="))).toBe(true);
  expect(await backend.ledger("token")).toHaveLength(1);
  expect(await backend.ledger("message")).toHaveLength(1);
});
