import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { JobFailure } from "../../../src/domain/failure.ts";
import { connectWithSession, json, serveScript, type Reply } from "../../support/scripted-backend.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const uploadPath = "/api/upload-video/nemo_agent/me/sid";
const submitPath = "/api/render/proxy/lambda";
const statusPath = "/api/render/proxy/lambda/r1";
const downloadPath = "/api/render/proxy/r1/download";
const output = { format: "mp4", quality: "high" };
const uploaded = json({
  code: 0,
  data: {
    files: [
      {
        filename: "a.png",
        file_type: "image",
        cdn_url: "https://c/a.png",
        duration: null,
        width: 4,
        height: 3,
        hash: "h",
      },
    ],
    session_state_applied: true,
  },
});

describe("an upload", () => {
  it("streams files as multipart with a known length, names and types", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "1"), "first");
    await writeFile(join(folder, "2"), "second");
    const { backend, session, server, signal } = await connectWithSession({ [`POST ${uploadPath}`]: [uploaded] });
    const files = [
      { path: join(folder, "1"), filename: "a.png", mime: "image/png" },
      { path: join(folder, "2"), filename: '夏"天.mp4', mime: "video/mp4" },
    ];
    expect(await backend.uploadFiles({ session, files, signal })).toEqual({
      files: [
        {
          filename: "a.png",
          fileType: "image",
          cdnUrl: "https://c/a.png",
          duration: null,
          widthPx: 4,
          heightPx: 3,
          fps: null,
          hash: "h",
        },
      ],
      stateApplied: true,
    });
    const [request] = server.to(uploadPath);
    expect(Number(request?.headers["content-length"])).toBe(Buffer.byteLength(request?.body ?? ""));
    const form = await new Response(request?.body ?? "", {
      headers: { "content-type": request?.headers["content-type"] ?? "" },
    }).formData();
    const parts = form.getAll("files").filter((part): part is File => typeof part !== "string");
    expect(parts.map(({ name, type }) => [name, type])).toEqual([
      ["a.png", "image/png"],
      ['夏"天.mp4', "video/mp4"],
    ]);
    expect(await Promise.all(parts.map((part) => part.text()))).toEqual(["first", "second"]);
  });

  it("is repeated with all its bytes after 1001", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "1"), "x".repeat(100_000));
    const { backend, session, server, signal } = await connectWithSession({
      [`POST ${uploadPath}`]: [json({ code: 1001 }), uploaded],
    });
    await backend.uploadFiles({
      session,
      files: [{ path: join(folder, "1"), filename: "a.png", mime: "image/png" }],
      signal,
    });
    const lengths = server.to(uploadPath).map(({ body }) => body.length);
    expect(lengths[0]).toBeGreaterThan(100_000);
    expect(lengths[1]).toBe(lengths[0]);
  });

  it("hands URLs over as JSON", async () => {
    const { backend, session, server, signal } = await connectWithSession({ [`POST ${uploadPath}`]: [uploaded] });
    await backend.uploadUrls({ session, urls: ["https://x/a.png"], signal });
    expect(JSON.parse(server.to(uploadPath)[0]?.body ?? "")).toEqual({ urls: ["https://x/a.png"], source_type: "url" });
  });

  it("says why a file is refused", async () => {
    const { backend, session, signal } = await connectWithSession({ [`POST ${uploadPath}`]: [json({ code: 4002 })] });
    await expect(backend.uploadUrls({ session, urls: [], signal })).rejects.toMatchObject({
      code: "file_too_large",
      detail: expect.stringContaining("50 MB"),
    });
  });
});

describe("a render", () => {
  const draftText = '{"id":9223372036854775807,"v":1.0,"e":1e3,"2":[],"1":{},"s":"\\u00e9\\/é"  ,"t":[]}';

  it("is submitted with the draft byte for byte as it was read", async () => {
    const { backend, session, server, signal } = await connectWithSession({
      "GET /api/state/nemo_agent/me/sid/latest": [
        (response) => response.end(`{"code":0,"data":{"state":{"draft":${draftText}}}}`),
      ],
      [`POST ${submitPath}`]: [json({ success: true, data: {} })],
    });
    const state = await backend.readState({ session, signal });
    expect(
      await backend.submitRender({ session, renderId: "r1", draftText: state.draftText ?? "", output, signal }),
    ).toEqual({ alreadyExisted: false });
    expect(server.to(submitPath)[0]?.body).toBe(
      `{"id":"r1","sessionId":"sid","draft":${draftText},"output":{"format":"mp4","quality":"high"}}`,
    );
  });

  it("counts as accepted where its id exists already", async () => {
    const { backend, session, signal } = await connectWithSession({
      [`POST ${submitPath}`]: [json({ success: false, error: "Render r1 already exists" }, 409)],
    });
    expect(await backend.submitRender({ session, renderId: "r1", draftText: "{}", output, signal })).toEqual({
      alreadyExisted: true,
    });
  });

  it("may be submitted again later where the session renders another", async () => {
    const { backend, session, signal } = await connectWithSession({
      [`POST ${submitPath}`]: [json({ code: 409, message: "active export: r0" }, 409)],
    });
    await expect(
      backend.submitRender({ session, renderId: "r1", draftText: "{}", output, signal }),
    ).rejects.toMatchObject({ reason: "render_busy", isPassing: true });
  });

  it.each<[string, unknown, number, unknown]>([
    [
      "top level",
      { status: "completed", progress: 100, output: { url: "https://c/v.mp4" } },
      200,
      { status: "completed", outputUrl: "https://c/v.mp4" },
    ],
    [
      "under data",
      { success: true, data: { status: "completed", outputUrl: "https://c/v.mp4" } },
      200,
      { status: "completed", outputUrl: "https://c/v.mp4" },
    ],
    ["completed without a URL", { status: "completed" }, 200, { status: "completed", outputUrl: null }],
    ["pending", { status: "pending" }, 200, { status: "pending", progress: 0 }],
    [
      "processing",
      { code: 0, data: { status: "processing", progress: "40" } },
      200,
      { status: "processing", progress: 40 },
    ],
    ["progress that is nonsense", { status: "processing", progress: 400 }, 200, { status: "processing", progress: 0 }],
    ["failed, and why", { status: "failed", error: "out of memory" }, 200, { status: "failed" }],
    ["cancelled", { status: "cancelled" }, 200, { status: "failed" }],
    ["a word that is not known", { status: "uploading", progress: 99 }, 200, { status: "processing", progress: 99 }],
    ["not found by status", {}, 404, { status: "not_found" }],
    ["not found by code", { code: 1002 }, 200, { status: "not_found" }],
    ["not found by words", { success: false, error: "Render not found" }, 200, { status: "not_found" }],
  ])("has a status in either shape: %s", async (_what, answer, status, expected) => {
    const { backend, session, signal } = await connectWithSession({ [`GET ${statusPath}`]: [json(answer, status)] });
    expect(await backend.renderStatus({ session, renderId: "r1", signal })).toEqual(expected);
  });

  it.each([[json({ success: true })], [json({}, 404)]])(
    "is cancelled, and it is fine if there is none",
    async (reply) => {
      const { backend, session, server, signal } = await connectWithSession({ [`POST ${statusPath}/cancel`]: [reply] });
      await backend.cancelRender({ session, renderId: "r1", signal });
      expect(server.to(`${statusPath}/cancel`)[0]?.body).toBe("");
    },
  );
});

describe("a download", () => {
  const video: Reply = (response) => response.writeHead(200, { "content-type": "video/mp4" }).end("video");
  const cut: Reply = (response) =>
    response.writeHead(200, { "content-length": 100 }).write("vid", () => response.destroy());

  it("comes from the output URL, without credentials or attribution, even on the backend's own origin", async () => {
    const { backend, session, server, signal } = await connectWithSession({ "GET /cdn/v.mp4?sig=1": [video] });
    expect(
      await backend.downloadVideo({
        session,
        renderId: "r1",
        outputUrl: `${server.origin}/cdn/v.mp4?sig=1`,
        save: text,
        signal,
      }),
    ).toBe("video");
    const [request] = server.to("/cdn/v.mp4?sig=1");
    expect(
      Object.keys(request?.headers ?? {}).filter((name) => name === "authorization" || name.startsWith("x-")),
    ).toEqual([]);
  });

  it.each<[string, Reply]>([
    ["refuses", json({}, 403)],
    ["resets", (response) => response.destroy()],
    ["breaks off", cut],
  ])("comes through the backend, authorised, where the output URL %s", async (_what, reply) => {
    const { backend, session, server, signal } = await connectWithSession({
      "GET /cdn/v.mp4": [reply],
      [`GET ${downloadPath}`]: [video],
    });
    expect(
      await backend.downloadVideo({
        session,
        renderId: "r1",
        outputUrl: `${server.origin}/cdn/v.mp4`,
        save: text,
        signal,
      }),
    ).toBe("video");
    expect(server.to(downloadPath)[0]?.headers).toMatchObject({
      authorization: "Bearer nmv_usr_token1",
      "x-skill-source": "ai-to-video",
    });
  });

  it("comes through the backend where there is no output URL", async () => {
    const { backend, session, signal } = await connectWithSession({ [`GET ${downloadPath}`]: [video] });
    expect(await backend.downloadVideo({ session, renderId: "r1", outputUrl: null, save: text, signal })).toBe("video");
  });

  it("follows the backend's redirect without the credentials", async () => {
    const cdn = await serveScript({ "GET /v.mp4": [video] });
    const { backend, session, signal } = await connectWithSession({
      [`GET ${downloadPath}`]: [(response) => response.writeHead(302, { location: `${cdn.origin}/v.mp4` }).end()],
    });
    expect(await backend.downloadVideo({ session, renderId: "r1", outputUrl: null, save: text, signal })).toBe("video");
    expect(cdn.requests[0]?.headers).not.toHaveProperty("authorization");
    expect(cdn.requests[0]?.headers).not.toHaveProperty("x-skill-source");
  });

  it("does not leave for an address that is not allowed", async () => {
    const { backend, session, server, signal } = await connectWithSession(
      { "GET /cdn/v.mp4": [video], [`GET ${downloadPath}`]: [video] },
      { allow: [] },
    );
    expect(
      await backend.downloadVideo({
        session,
        renderId: "r1",
        outputUrl: `${server.origin}/cdn/v.mp4`,
        save: text,
        signal,
      }),
    ).toBe("video");
    expect(server.to("/cdn/v.mp4")).toEqual([]);
  });

  it("fails as backend_unavailable where neither works", async () => {
    const { backend, session, server, signal } = await connectWithSession({
      "GET /cdn/v.mp4": [cut],
      [`GET ${downloadPath}`]: [cut],
    });
    const saved = backend.downloadVideo({
      session,
      renderId: "r1",
      outputUrl: `${server.origin}/cdn/v.mp4`,
      save: text,
      signal,
    });
    await expect(saved).rejects.toMatchObject({ code: "backend_unavailable", isPassing: true });
  });

  it("ends where saving fails for a reason of its own", async () => {
    const { backend, session, server, signal } = await connectWithSession({
      "GET /cdn/v.mp4": [video],
      [`GET ${downloadPath}`]: [video],
    });
    const save = () => Promise.reject(new JobFailure("file_too_large"));
    const outputUrl = `${server.origin}/cdn/v.mp4`;
    await expect(backend.downloadVideo({ session, renderId: "r1", outputUrl, save, signal })).rejects.toMatchObject({
      code: "file_too_large",
    });
    expect(server.to(downloadPath)).toEqual([]);
  });
});
