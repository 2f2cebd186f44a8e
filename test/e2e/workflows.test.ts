import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { JobView } from "../../src/domain/job-view.ts";
import { ffmpegReport, makeMp4 } from "../support/ffmpeg-sample.ts";
import { readLedger } from "../support/ledger.ts";
import { startBackend, TOKEN } from "../support/local-backend.ts";
import { clientOfService, serviceSettings, startService } from "../support/service.ts";
import { talkTo } from "../support/talk.ts";
import { tempFolder } from "../support/temp-folder.ts";

async function start(settings: Record<string, string> = {}) {
  const backend = await startBackend();
  const service = await startService({
    ...(await serviceSettings({ url: backend.url, token: TOKEN })),
    LOG_LEVEL: "trace",
    ...settings,
  });
  const client = clientOfService(service);

  /** The job once it has succeeded. */
  async function succeeded({ id }: Pick<JobView, "id">): Promise<JobView> {
    const { job } = await client.finished(id);
    expect(job).toMatchObject({ status: "succeeded", error: null });
    return job;
  }

  /** The video of a job, which must play to its end. */
  async function videoOf({ result }: JobView) {
    if (!result?.video) throw new Error("The job made no video");
    const file = join(await tempFolder(), "video.mp4");
    await writeFile(file, await buffer(await client.content(result.video.file_id)));
    expect(await ffmpegReport("-v", "error", "-i", file, "-f", "null", "-")).toBe("");
    return result.video;
  }

  return { backend, service, client, succeeded, videoOf, ...talkTo(service) };
}

it("quick edit: a clip and one instruction become a finished video", async () => {
  const { backend, client, succeeded, videoOf } = await start();
  const clip = join(await tempFolder(), "clip.mp4");
  await makeMp4(clip, 3);
  const submitted = await client.submit({
    type: "video",
    skill: "generator-capcut",
    input: {
      files: [await client.upload(clip)],
      instruction: "Make a 4 second video of this clip with a title and soft music. Resolution 180x320.",
    },
  });

  const job = await succeeded(submitted);
  expect(await videoOf(job)).toMatchObject({ width: 180, height: 320, video_codec: "h264", audio_codec: "aac" });
  const ledger = await readLedger(backend.url);
  expect(ledger.uploads).toHaveLength(1);
  expect(ledger.messages).toHaveLength(1);
  expect(ledger.renders).toMatchObject([{ event: "submitted", draft_unchanged: true }, { event: "completed" }]);
});

it("batch: several files in one session, one after another, each with its own instruction and its own video", async () => {
  const { backend, client, newSession, session, succeeded, videoOf } = await start();
  const id = await newSession({ skill: "image-to-video-capcut" });
  const submitted: JobView[] = [];
  for (const [at, title] of ["Harbour", "Market", "Mountain"].entries()) {
    const files = [await client.upload(`examples/pictures/${at + 1}.jpg`)];
    const instruction = `Make a ${3 + at} second video with the title "${title}". Resolution 90x160.`;
    submitted.push(
      await client.submit({
        type: "video",
        skill: "image-to-video-capcut",
        session_id: id,
        input: { files, instruction },
      }),
    );
  }
  expect(await session(id)).toMatchObject({ busy: true, current_job_id: submitted[0]?.id, jobs_waiting: 2 });

  const videos = [];
  for (const job of submitted) videos.push(await videoOf(await succeeded(job)));
  expect(new Set(videos.map(({ sha256 }) => sha256)).size).toBe(3);
  expect(videos.map(({ duration_s: seconds }) => Math.round(seconds))).toEqual([3, 4, 5]);

  const ledger = await readLedger(backend.url);
  const steps = [
    ...ledger.uploads.map(({ seq }) => ({ seq, step: "upload" })),
    ...ledger.messages.map(({ seq, text }) => ({ seq, step: /"(\w+)"/.exec(text)?.[1] })),
    ...ledger.renders.map(({ seq, event }) => ({ seq, step: event })),
  ].toSorted((a, b) => a.seq - b.seq);
  const each = (title: string) => ["upload", title, "submitted", "completed"];
  expect(steps.map(({ step }) => step)).toEqual([...each("Harbour"), ...each("Market"), ...each("Mountain")]);
  expect(new Set(ledger.messages.map((message) => message.session)).size).toBe(1);
  expect(ledger.renders.every((render) => render.draft_unchanged || render.event !== "submitted")).toBe(true);
  expect(await session(id)).toMatchObject({ busy: false, jobs_waiting: 0, state: "active" });
});

it("iterative: a rough cut is refined by messages, and the session keeps the timeline", async () => {
  const { backend, newSession, say, ask, session, succeeded, videoOf } = await start();
  const id = await newSession();
  expect(await say(id, { text: "show tracks" })).toMatchObject({
    action: "state",
    session: { state: "empty" },
    job: null,
  });

  const rough = "Make a 5 second video. Resolution 90x160.\n\nRivers shape the land. They carry stories to the sea.";
  const cut = await succeeded(await ask(id, { text: rough }));
  expect(cut.result).toMatchObject({ video: null, credits_used: 100 });
  const loudness = /BGM: [^(]+\([^)]*?(\d+)%\)/;
  const before = Number(loudness.exec(cut.result?.summary ?? "")?.[1]);

  // Sent at once: they are carried out one after the other.
  const edits = [
    await ask(id, { text: 'Add the title "Paradise Found"' }),
    await ask(id, { text: "Make the music quieter" }),
  ];
  for (const edit of edits) expect((await succeeded(edit)).result).toMatchObject({ video: null, credits_used: 50 });

  const tracks = await say(id, { text: "show tracks" });
  expect(tracks.text).toContain('"Paradise Found"');
  expect(Number(loudness.exec(tracks.text)?.[1])).toBeLessThan(before);
  expect(await session(id)).toMatchObject({
    state: "active",
    summary: tracks.text,
    ready_for_export: true,
    busy: false,
  });
  expect(await say(id, { text: "积分" })).toMatchObject({
    action: "credits",
    credits: { available: 1_000_000_000 - 200, frozen: 0 },
    text: expect.stringContaining("可用积分"),
  });

  const exported = await succeeded(await ask(id, { text: "export" }));
  expect(exported.result?.summary).toBe(tracks.text);
  expect(await videoOf(exported)).toMatchObject({ width: 90, height: 160 });
  const ledger = await readLedger(backend.url);
  expect(ledger.messages.map(({ credits }) => credits)).toEqual([100, 50, 50]);
  expect(ledger.renders).toMatchObject([{ event: "submitted", draft_unchanged: true }, { event: "completed" }]);
});

describe("an API in a process of its own", () => {
  it("makes no account by starting, and shares the one that somebody's question made with the workers", async () => {
    const backend = await startBackend();
    const settings = { ...(await serviceSettings({ url: backend.url, token: "" })), LOG_LEVEL: "trace" };
    const api = await startService({ ...settings, ROLE: "api" });
    const { call, newSession, ask, session } = talkTo(api);
    const id = await newSession();
    await session(id);
    expect(await backend.ledger("request")).toEqual([]);
    expect(await call("GET", "/v1/credits")).toMatchObject({ available: 100 });

    const job = await ask(id, { text: "Make a 2 second video about rivers. Resolution 90x160." });
    await startService({ ...settings, ROLE: "worker" });
    expect((await clientOfService(api).finished(job.id)).job.status).toBe("succeeded");
    expect(await session(id)).toMatchObject({ state: "active", ready_for_export: true });
    expect(await backend.ledger("token")).toHaveLength(1);

    const claim = await call("POST", `/v1/sessions/${id}/claim`);
    expect(claim).toMatchObject({ url: expect.stringContaining("/workspace/claim?ct=clm_") });
    expect(await api.stop()).toBe(0);
    expect(api.logs().join("\n")).toContain("/claim");
    expect(api.logs().join("\n")).not.toContain("clm_");
  });
});
