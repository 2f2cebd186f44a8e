import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readDraft } from "../../../src/local-backend/draft.ts";
import { ffmpeg, makeMp4 } from "../../support/ffmpeg-sample.ts";
import { listen } from "../../support/loopback-server.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { startBackend } from "../../support/local-backend.ts";

/** A PNG of one pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

function formOf(...files: [name: string, bytes: Uint8Array<ArrayBuffer>][]): FormData {
  const form = new FormData();
  for (const [name, bytes] of files) form.append("files", new Blob([bytes]), name);
  return form;
}

it("takes several files of a multipart body, tells what they are by their content, and serves them", async () => {
  const dir = await tempFolder();
  await makeMp4(join(dir, "clip.mp4"), 1);
  const clip = new Uint8Array(await readFile(join(dir, "clip.mp4")));
  const backend = await startBackend();
  const { session_id: sessionId } = await backend.newSession();
  const body = formOf(["clip.bin", clip], ["图片.txt", new Uint8Array(png)]);
  const { json } = await backend.call("POST", `/api/upload-video/nemo_agent/me/${sessionId}`, { body });
  const { files, session_state_applied: applied } = Object(json["data"]);
  expect(applied).toBe(true);
  expect(files).toMatchObject([
    {
      filename: "clip.bin",
      file_type: "video/mp4",
      width: 160,
      height: 284,
      fps: 10,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
    { filename: "图片.txt", file_type: "image/png", duration: null, width: 1, height: 1 },
  ]);
  expect(files[0].duration).toBeCloseTo(1, 0);
  expect(new Uint8Array(await (await fetch(files[0].cdn_url)).arrayBuffer())).toEqual(clip);
  const part = await fetch(files[0].cdn_url, { headers: { range: "bytes=4-7" } });
  expect([part.status, await part.text()]).toEqual([206, "ftyp"]);
  expect(Object((await backend.stateOf(sessionId)).data["state"]).video_infos).toHaveLength(2);
  expect(await backend.ledger("upload")).toMatchObject([
    { filename: "clip.bin", bytes: clip.length },
    { source: "multipart" },
  ]);
});

it("puts what was uploaded into the next generation", async () => {
  const backend = await startBackend();
  const { session_id: sessionId } = await backend.newSession();
  const body = formOf(["one.png", new Uint8Array(png)]);
  const { json } = await backend.call("POST", `/api/upload-video/nemo_agent/me/${sessionId}`, { body });
  await backend.say(sessionId, "Turn this picture into a 3 second video");
  const { scenes } = readDraft((await backend.stateOf(sessionId)).draft);
  expect(scenes.map((scene) => scene.media?.hash)).toContain(Object(json["data"]).files[0].hash);
});

it("each generation shows what was uploaded since the one before, or all where nothing was", async () => {
  const backend = await startBackend();
  const { session_id: sessionId } = await backend.newSession();
  const uploads = Array.from({ length: 3 }, (_, index) => Buffer.concat([png, Buffer.from([index])]));
  const send = (body: FormData) => backend.call("POST", `/api/upload-video/nemo_agent/me/${sessionId}`, { body });
  const hashOf = async (bytes: Buffer, name: string) =>
    Object((await send(formOf([name, new Uint8Array(bytes)]))).json["data"]).files[0].hash;
  const shownBy = async (words: string) => {
    await backend.say(sessionId, words);
    const { scenes, title } = readDraft((await backend.stateOf(sessionId)).draft);
    return [title?.text, ...scenes.map((scene) => scene.media?.hash)];
  };

  const hashes: string[] = [];
  for (const [index, bytes] of uploads.entries()) {
    const hash = await hashOf(bytes, `${index}.png`);
    expect(await shownBy(`Make a 2 second video with the title “No ${index}”`)).toEqual([`No ${index}`, hash]);
    // An edit uses up nothing, and no generation has yet used what was uploaded before one.
    if (index === 1) expect(await shownBy('Change the title to "One"')).toEqual(["One", hash]);
    hashes.push(hash);
  }
  expect(await shownBy("Make a slideshow with the title “All”")).toEqual(["All", ...hashes]);
  expect(await hashOf(uploads[0] ?? png, "again.png")).toBe(hashes[0]);
  expect(await shownBy('Add the title "Again"')).toEqual(["Again", hashes[0]]);
});

it("what is uploaded while a message runs is for the next one", async () => {
  const backend = await startBackend({ settings: { speed: 300 } });
  const { session_id: sessionId } = await backend.newSession();
  const send = () =>
    backend.call("POST", `/api/upload-video/nemo_agent/me/${sessionId}`, {
      body: formOf(["a.png", new Uint8Array(png)]),
    });
  const mediaOf = async () => readDraft((await backend.stateOf(sessionId)).draft).scenes.map((scene) => scene.media);
  const said = backend.say(sessionId, "Make a 2 second video about rivers");
  await backend.until("message", { session: sessionId });
  await send();
  await said;
  expect(await mediaOf()).toEqual([null]);
  await backend.say(sessionId, "Make a 2 second video");
  expect(await mediaOf()).toMatchObject([{ kind: "image" }]);
});

it("fetches files by address", async () => {
  const { origin } = await listen(createServer((_, response) => response.end(png)));
  const backend = await startBackend();
  const { session_id: sessionId } = await backend.newSession();
  const path = `/api/upload-video/nemo_agent/me/${sessionId}`;
  const { json } = await backend.call("POST", path, {
    body: { urls: [`${origin}/pictures/sun.png`], source_type: "url" },
  });
  expect(Object(json["data"]).files).toMatchObject([{ filename: "sun.png", file_type: "image/png" }]);
  expect(
    (await backend.call("POST", path, { body: { urls: ["http://127.0.0.1:1/x"], source_type: "url" } })).status,
  ).toBe(400);
});

it.each(["first", "last"] as const)(
  "refuses other types with 4001 and larger files with 4002, and keeps neither (%s)",
  async (dialect) => {
    const backend = await startBackend({ uploadLimitBytes: 1000, settings: { dialect } });
    const { session_id: sessionId } = await backend.newSession();
    const send = (body: FormData) => backend.call("POST", `/api/upload-video/nemo_agent/me/${sessionId}`, { body });
    const text = await send(
      formOf(["good.png", new Uint8Array(png)], ["notes.png", new TextEncoder().encode("just words")]),
    );
    expect([text.status, text.json["code"]]).toEqual([dialect === "first" ? 400 : 200, 4001]);
    const large = await send(formOf(["large.png", new Uint8Array(Buffer.concat([png, Buffer.alloc(1000)]))]));
    expect([large.status, large.json["code"]]).toEqual([dialect === "first" ? 413 : 200, 4002]);
    expect(await backend.ledger("upload")).toEqual([]);
    expect((await send(formOf())).status).toBe(400);
  },
);

it("takes every type that the protocol names", async () => {
  const dir = await tempFolder();
  const tone = ["-f", "lavfi", "-i", "sine=duration=0.3"];
  const picture = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=0.4"];
  const made = {
    "a.mov": picture,
    "a.avi": picture,
    "a.webm": [...picture, "-c:v", "libvpx", "-deadline", "realtime"],
    "a.mkv": picture,
    "a.jpg": [...picture, "-frames:v", "1"],
    "a.gif": picture,
    "a.webp": [...picture, "-frames:v", "1"],
    "a.mp3": tone,
    "a.wav": tone,
    "a.m4a": tone,
    "a.aac": tone,
  };
  await Promise.all(Object.entries(made).map(([name, args]) => ffmpeg(...args, join(dir, name))));
  const backend = await startBackend();
  const { session_id: sessionId } = await backend.newSession();
  const body = formOf(
    ...(await Promise.all(
      Object.keys(made).map(async (name): Promise<[string, Uint8Array<ArrayBuffer>]> => [
        name,
        new Uint8Array(await readFile(join(dir, name))),
      ]),
    )),
  );
  const { json } = await backend.call("POST", `/api/upload-video/nemo_agent/me/${sessionId}`, { body });
  expect(Object(json["data"]).files).toHaveLength(Object.keys(made).length);
});
