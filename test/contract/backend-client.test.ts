import { createHash, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { BackendConfig } from "../../src/backend-client/backend.ts";
import type { MessageEvent } from "../../src/backend-client/message.ts";
import type { BackendSession } from "../../src/backend-client/session.ts";
import { SCRIPT, startBackend, TOKEN } from "../support/local-backend.ts";
import { connect } from "../support/scripted-backend.ts";
import { tempFolder } from "../support/temp-folder.ts";

const { signal } = new AbortController();
const skill = "ai-to-video";
const output = { format: "mp4", quality: "high" };

type Local = Awaited<ReturnType<typeof startBackend>>;

/** The real client at the local backend, with a session. */
async function start(dialect: "first" | "last", config: Partial<BackendConfig> = { token: TOKEN }) {
  const local = await startBackend({ settings: { dialect } });
  const client = connect(local.url, { config, limits: { rateLimitWaitMs: 1 }, newClientId: randomUUID });
  const session = await client.backend.createSession({ skill, language: "en", signal });
  const events: MessageEvent[] = [];
  const say = (text: string, about: BackendSession = session) =>
    client.backend.sendMessage({
      session: about,
      text,
      onEvent: (event) => events.push(event),
      beforeSend: async () => undefined,
      signal,
    });
  return { ...client, local, session, say, events, readState: () => client.backend.readState({ session, signal }) };
}

async function generated(dialect: "first" | "last", config?: Partial<BackendConfig>) {
  const started = await start(dialect, config);
  expect(await started.say(SCRIPT)).toMatchObject({ kind: "finished" });
  return started;
}

async function statusOnceEnded(client: Awaited<ReturnType<typeof start>>, renderId: string) {
  const { backend, session, local } = client;
  await local.until("render", { render: renderId, event: "completed" });
  return await backend.renderStatus({ session, renderId, signal });
}

const messagesIn = async (local: Local) => (await local.ledger("message")).length;

describe.each(["first", "last"] as const)("in the dialect '%s'", (dialect) => {
  it("makes a script into a video, with credentials and attribution on every call but the download", async () => {
    const client = await generated(dialect, {});
    const { backend, session, local, events } = client;
    expect(events.some(({ type }) => type === "text")).toBe(true);
    const state = await client.readState();
    expect(state.isReady).toBe(true);
    expect(await backend.readCredits({ identityId: session.identityId, skill, signal })).toEqual({
      available: 0,
      frozen: 0,
      total: 0,
    });

    const renderId = "render_contract";
    const draftText = state.draftText ?? "";
    expect(await backend.submitRender({ session, renderId, draftText, output, signal })).toEqual({
      alreadyExisted: false,
    });
    expect(await backend.submitRender({ session, renderId, draftText, output, signal })).toEqual({
      alreadyExisted: true,
    });
    const status = await statusOnceEnded(client, renderId);
    expect(status).toMatchObject({ status: "completed", outputUrl: expect.stringContaining("/cdn/") });
    const outputUrl = status.status === "completed" ? status.outputUrl : null;
    const direct = await backend.downloadVideo({ session, renderId, outputUrl, save: buffer, signal });
    const fallback = await backend.downloadVideo({ session, renderId, outputUrl: null, save: buffer, signal });
    expect(direct.subarray(4, 8).toString()).toBe("ftyp");
    expect(fallback.equals(direct)).toBe(true);
    expect((await backend.claimProject({ session, taskId: session.taskId, signal })).url).toContain(
      "/workspace/claim?ct=clm_",
    );

    const [submitted] = await local.ledger("render");
    expect(submitted).toMatchObject({
      draft_unchanged: true,
      draft_sha256: createHash("sha256").update(draftText).digest("hex"),
    });
    for (const request of await local.ledger("request")) {
      const attribution = {
        "x-skill-source": expect.any(String),
        "x-skill-version": "1.0.0",
        "x-skill-platform": "unknown",
      };
      expect(request["token_in_url"]).toBe(false);
      if (request["endpoint"] === "cdn") {
        expect(request).toMatchObject({
          token: null,
          headers: expect.not.objectContaining({ "x-skill-source": expect.anything() }),
        });
      } else if (request["endpoint"] !== null) {
        expect(request["headers"]).toMatchObject(attribution);
        expect(request["token"]).toEqual(request["endpoint"] === "token" ? null : expect.stringContaining("sha256:"));
      }
    }
  });

  it("shows a reply once, without thoughts, tool calls or a trailing notice", async () => {
    const { say, events } = await start(dialect);
    const outcome = await say(SCRIPT);
    if (outcome.kind !== "finished") throw new Error(outcome.kind);
    const live = events.map((event) => (event.type === "text" ? event.text : "")).join("");
    expect(outcome.reply.text.length).toBeGreaterThan(0);
    expect(live).toContain(outcome.reply.text);
    expect(outcome.reply.unknownEvents).toBe(0);
    expect(outcome.reply.text).not.toMatch(/functionCall|tool_call|temporary issue/);
    const sentences = outcome.reply.text.split(/(?<=[.!?])\s+/).filter((sentence) => sentence.length > 20);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  it("reads two states that differ only in signatures and times as the same, and an edit as a change", async () => {
    const { readState, say } = await generated(dialect);
    const [one, other] = [await readState(), await readState()];
    expect(other.fingerprint).toBe(one.fingerprint);
    expect(other.draftText).toBe(one.draftText);
    expect(await say('Add the title "Urban Dreams"')).toMatchObject({ kind: "finished" });
    expect((await readState()).fingerprint).not.toBe(one.fingerprint);
  });

  it("takes a silent edit for one, and sees in the state what it did", async () => {
    const { local, readState, say } = await generated(dialect);
    const before = await readState();
    await local.fault({ endpoint: "message", silent: true });
    expect(await say('Add the title "Urban Dreams"')).toMatchObject({ kind: "finished", reply: { text: "" } });
    expect((await readState()).fingerprint).not.toBe(before.fingerprint);
  });

  it("has nothing to export in a new session", async () => {
    const { readState } = await start(dialect);
    expect((await readState()).isReady).toBe(false);
  });

  it("uploads files and sees them in the state", async () => {
    const { backend, session, readState } = await start(dialect);
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    const path = join(await tempFolder(), "dot");
    await writeFile(path, png);
    const before = await readState();
    const upload = await backend.uploadFiles({
      session,
      files: [{ path, filename: "dot.png", mime: "image/png" }],
      signal,
    });
    expect(upload.files).toMatchObject([
      { filename: "dot.png", widthPx: 1, heightPx: 1, cdnUrl: expect.stringContaining("http") },
    ]);
    const after = await readState();
    expect(after.media).toHaveLength(before.media.length + 1);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it("refuses a file of another type", async () => {
    const { backend, session } = await start(dialect);
    const path = join(await tempFolder(), "text");
    await writeFile(path, "just text");
    const upload = backend.uploadFiles({ session, files: [{ path, filename: "a.txt", mime: "text/plain" }], signal });
    await expect(upload).rejects.toMatchObject({ code: "file_type_not_supported" });
  });

  it("renews a token that expired, once, and says when its sessions are gone with it", async () => {
    const { backend, session, local, identityStore } = await start(dialect, {});
    const { signal: other } = new AbortController();
    const token = (await identityStore.loadCurrent())?.token;
    await local.settings({ account: { token, expire: true } });
    const [one, two] = await Promise.all([
      backend.createSession({ skill, language: "en", signal }),
      backend.createSession({ skill, language: "en", signal: other }),
    ]);
    expect(one.identityId).toBe(two.identityId);
    expect(one.identityId).not.toBe(session.identityId);
    expect(await local.ledger("token")).toHaveLength(2);
    await expect(backend.readState({ session, signal })).rejects.toMatchObject({ code: "session_gone" });
  });

  it("goes on as a new account where a revoked token cannot be renewed", async () => {
    const { backend, session, local, identityStore, logged } = await start(dialect, {});
    await local.settings({ account: { token: (await identityStore.loadCurrent())?.token, revoke: true } });
    const next = await backend.createSession({ skill, language: "en", signal });
    expect(next.identityId).not.toBe(session.identityId);
    expect(identityStore.clientIds).toHaveLength(2);
    expect(logged.join()).toContain("fresh one");
  });

  it("knows a render that does not exist, and one that is cancelled", async () => {
    const { backend, session, readState, local } = await generated(dialect);
    expect(await backend.renderStatus({ session, renderId: "render_none", signal })).toEqual({ status: "not_found" });
    await backend.cancelRender({ session, renderId: "render_none", signal });
    const renderId = "render_slow";
    await local.fault({ endpoint: "render_submit", render_slow_ms: 600_000 });
    const draftText = (await readState()).draftText ?? "";
    await backend.submitRender({ session, renderId, draftText, output, signal });
    await expect(
      backend.submitRender({ session, renderId: "render_2", draftText, output, signal }),
    ).rejects.toMatchObject({ reason: "render_busy" });
    await backend.cancelRender({ session, renderId, signal });
    expect(await backend.renderStatus({ session, renderId, signal })).toEqual({ status: "failed" });
  });

  it("knows a render that failed", async () => {
    const { backend, session, readState, local } = await generated(dialect);
    await local.fault({ endpoint: "render_submit", render_fail: true });
    await backend.submitRender({
      session,
      renderId: "render_bad",
      draftText: (await readState()).draftText ?? "",
      output,
      signal,
    });
    await local.until("render", { render: "render_bad", event: "failed" });
    expect(await backend.renderStatus({ session, renderId: "render_bad", signal })).toEqual({ status: "failed" });
  });

  it("may not export on a plan that lacks it", async () => {
    const { backend, session, readState, local } = await generated(dialect, {});
    await local.settings({ plan: "anonymous" });
    const draftText = (await readState()).draftText ?? "";
    await expect(backend.submitRender({ session, renderId: "r", draftText, output, signal })).rejects.toMatchObject({
      code: "export_not_in_plan",
      detail: expect.stringContaining("/register"),
    });
  });

  describe("sorts what befalls a message", () => {
    it("as not run where the session is gone", async () => {
      const { local, session, say } = await start(dialect);
      await local.settings({ drop_session: session.backendSessionId });
      expect(await say(SCRIPT)).toMatchObject({ kind: "not_run", failure: { code: "session_gone" } });
      expect(await messagesIn(local)).toBe(0);
    });

    it("as not run where the credits are used up, with the link to register", async () => {
      const { say, local } = await generated(dialect, {});
      expect(await say(SCRIPT)).toMatchObject({
        kind: "not_run",
        failure: { code: "insufficient_credits", detail: expect.stringMatching(/register\?bind=anon_/) },
      });
      expect(await messagesIn(local)).toBe(1);
    });

    it("as not run where the token lacks the scope", async () => {
      const { say, local, identityStore } = await start(dialect, {});
      await local.settings({ account: { token: (await identityStore.loadCurrent())?.token, scopes: ["read"] } });
      expect(await say(SCRIPT)).toMatchObject({ kind: "not_run", failure: { code: "backend_forbidden" } });
    });

    it("as finished after one 429", async () => {
      const { say, local } = await start(dialect);
      await local.fault({ endpoint: "message", status: 429 });
      expect(await say(SCRIPT)).toMatchObject({ kind: "finished" });
      expect(await messagesIn(local)).toBe(1);
    });

    it.each([
      ["no_answer", { reset_before: true }, 0],
      ["no_answer", { reset_after: true }, 1],
      ["server_error", { status: 503 }, 0],
      ["server_error", { status: 500, after_work: true }, 1],
      ["not_a_stream", { status: 200, body: "<html>" }, 0],
      ["cut", { cut_at_event: 0 }, 1],
      ["cut", { cut_at_event: 2 }, 1],
      ["cut", { cut_after_bytes: 100 }, 1],
    ])("as unknown (%s) after %j, and does not send it again", async (reason, fault, accepted) => {
      const { say, local } = await start(dialect);
      await local.fault({ endpoint: "message", ...fault });
      expect(await say(SCRIPT)).toMatchObject({ kind: "unknown", reason });
      expect(await messagesIn(local)).toBe(accepted);
      expect((await local.ledger("request")).filter(({ endpoint }) => endpoint === "message")).toHaveLength(1);
    });

    it.each(["error_code", "json", "named_event", "unescaped"])(
      "as failed where an error comes as %s",
      async (form) => {
        const { say, local } = await start(dialect);
        await local.fault({ endpoint: "message", stream_error: { form, at_event: 1 } });
        expect(await say(SCRIPT)).toMatchObject({ kind: "failed", failure: { code: "generation_failed" } });
      },
    );
  });
});
