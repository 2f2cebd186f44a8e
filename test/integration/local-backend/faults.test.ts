import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readDraft } from "../../../src/local-backend/draft.ts";
import { parseStream, SCRIPT, startBackend } from "../../support/local-backend.ts";

const credits = "/api/credits/balance/simple";

describe("a fault", () => {
  it("meets the nth call from when it was added, as often as it was told to", async () => {
    const backend = await startBackend();
    await backend.fault({ endpoint: "credits", nth: 2, times: 2, status: 503 });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await backend.call("GET", credits)).status);
    expect(statuses).toEqual([200, 503, 503, 200, 200]);
    expect((await backend.call("GET", "/__local/faults")).json).toEqual({ faults: [] });
  });

  it("touches its own endpoint only, and ends when faults are deleted", async () => {
    const backend = await startBackend();
    await backend.fault({ endpoint: "state", times: 9, status: 500 });
    expect((await backend.call("GET", credits)).status).toBe(200);
    const { session_id: sessionId } = await backend.newSession();
    const path = `/api/state/nemo_agent/me/${sessionId}/latest`;
    expect((await backend.call("GET", path)).status).toBe(500);
    await backend.call("DELETE", "/__local/faults");
    expect((await backend.call("GET", path)).status).toBe(200);
  });

  it.each([
    [{ endpoint: "nowhere", status: 500 }, "endpoint"],
    [{ endpoint: "credits" }, "what is to go wrong"],
    [{ endpoint: "credits", silent: true }, "`message`"],
    [{ endpoint: "credits", status: 500, typo: 1 }, "typo"],
  ])("is refused with the reason when it makes no sense: %j", async (fault, reason) => {
    const backend = await startBackend();
    const answer = await backend.fault(fault);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(reason)]);
  });

  it("can be a status, a code, a body and headers", async () => {
    const backend = await startBackend();
    await backend.fault({ endpoint: "credits", status: 429, headers: { "retry-after": "7" } });
    await backend.fault({ endpoint: "credits", nth: 2, code: 1001 });
    await backend.fault({ endpoint: "credits", nth: 3, status: 502, body: "<html>bad gateway</html>" });
    const limited = await backend.call("GET", credits);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"]);
    expect((await backend.call("GET", credits)).json).toMatchObject({ code: 1001 });
    expect((await backend.call("GET", credits)).text).toBe("<html>bad gateway</html>");
  });

  it("can be no answer at all, or one that comes late", async () => {
    const backend = await startBackend();
    await backend.fault({ endpoint: "credits", hang: true });
    await expect(fetch(backend.url + credits, { signal: AbortSignal.timeout(200) })).rejects.toThrow(/timeout/);
    await backend.fault({ endpoint: "credits", delay_ms: 300 });
    await expect(fetch(backend.url + credits, { signal: AbortSignal.timeout(150) })).rejects.toThrow(/timeout/);
  });

  it("can reset the connection before the work, or after it", async () => {
    const backend = await startBackend();
    await backend.fault({ endpoint: "session", reset_before: true });
    await expect(backend.newSession()).rejects.toThrow(/fetch failed/);
    expect(await backend.ledger("session")).toEqual([]);
    await backend.fault({ endpoint: "session", reset_after: true });
    await expect(backend.newSession()).rejects.toThrow(/fetch failed/);
    expect(await backend.ledger("session")).toHaveLength(1);
  });

  it("can do the work and answer an error all the same", async () => {
    const backend = await startBackend();
    await backend.fault({ endpoint: "session", status: 500, after_work: true });
    const answer = await backend.call("POST", "/api/tasks/me/with-session/nemo_agent", {
      body: { task_name: "project", language: "en" },
    });
    expect([answer.status, (await backend.ledger("session")).length]).toEqual([500, 1]);
  });

  it("can cut any answer after so many bytes", async () => {
    const backend = await startBackend();
    await backend.fault({ endpoint: "credits", cut_after_bytes: 10 });
    await expect(backend.call("GET", credits)).rejects.toThrow(/terminated/);
  });
});

describe("a message's fault", () => {
  const start = async (fault: Record<string, unknown>) => {
    const backend = await startBackend();
    const { session_id: sessionId } = await backend.newSession();
    await backend.fault({ endpoint: "message", ...fault });
    const done = () => backend.until("run_ended", { session: sessionId });
    return { backend, sessionId, done };
  };

  it.each([0, 1, 5])("cuts the stream after %i events, and the run goes on", async (count) => {
    const { backend, sessionId, done } = await start({ cut_at_event: count });
    const answer = await backend.openMessage(sessionId, SCRIPT);
    expect(answer.status).toBe(200);
    let received = "";
    const reading = answer.body?.pipeThrough(new TextDecoderStream());
    await expect(
      (async () => {
        for await (const chunk of reading ?? []) received += chunk;
      })(),
    ).rejects.toThrow(/terminated/);
    expect(received.split("\n\n").length - 1).toBe(count);
    expect(await done()).toMatchObject({ outcome: "done", credits: 100 });
  });

  it("cuts the stream within an event, after so many bytes", async () => {
    const { backend, sessionId, done } = await start({ cut_after_bytes: 100 });
    await expect((await backend.openMessage(sessionId, SCRIPT)).text()).rejects.toThrow(/terminated/);
    expect(await done()).toMatchObject({ outcome: "done" });
  });

  it.each([{ reset_after: true }, { status: 502, after_work: true }])(
    "does the whole work and loses the answer: %j",
    async (fault) => {
      const { backend, sessionId } = await start(fault);
      const outcome = await backend.openMessage(sessionId, SCRIPT).then(
        (answer) => answer.status,
        () => "reset",
      );
      expect(outcome).toBe("status" in fault ? 502 : "reset");
      expect(await backend.ledger("run_ended")).toMatchObject([{ outcome: "done", credits: 100 }]);
      expect(readDraft((await backend.stateOf(sessionId)).draft).music).not.toBeNull();
    },
  );

  it("does the whole work and never answers", async () => {
    const { backend, sessionId, done } = await start({ hang: "after" });
    const abandoned = backend.openMessage(sessionId, SCRIPT).catch(() => null);
    expect(await done()).toMatchObject({ outcome: "done" });
    await backend.close();
    expect(await abandoned).toBeNull();
  });

  it.each([{ status: 503 }, { reset_before: true }])("does no work at all: %j", async (fault) => {
    const { backend, sessionId } = await start(fault);
    await backend.openMessage(sessionId, SCRIPT).catch(() => null);
    expect(await backend.ledger("message")).toEqual([]);
  });

  it("silences a run that makes its changes all the same", async () => {
    const { backend, sessionId } = await start({ silent: true });
    expect((await backend.say(sessionId, SCRIPT)).text).toBe("");
    expect(readDraft((await backend.stateOf(sessionId)).draft).scenes.length).toBeGreaterThan(0);
  });

  it.each([
    ["error_code", '"errorMessage":"The model said \\"no\\" and stopped"'],
    ["json", 'data: {"error":"The model said \\"no\\" and stopped"}'],
    ["named_event", "event: error\ndata: {"],
    ["unescaped", 'data: {"error":"The model said "no" and stopped"}'],
  ])(
    "puts an error of the form %s into the stream; a run that failed before it changed anything is free",
    async (form, expected) => {
      const { backend, sessionId, done } = await start({ stream_error: { form, at_event: 2 } });
      const { raw } = await backend.say(sessionId, SCRIPT);
      expect(raw).toContain(expected);
      expect(raw.trim().split("\n\n")).toHaveLength(3);
      expect(await done()).toMatchObject({ outcome: "failed", credits: 0 });
      expect((await backend.creditsOf()).frozen).toBe(0);
    },
  );

  it("can go on after an error", async () => {
    const { backend, sessionId, done } = await start({ stream_error: { form: "json", at_event: 2, go_on: true } });
    expect((await backend.say(sessionId, SCRIPT)).text).toContain("is done");
    expect(await done()).toMatchObject({ outcome: "done", credits: 100 });
  });
});

describe("a render's fault", () => {
  const submit = async (fault: Record<string, unknown>) => {
    const backend = await startBackend();
    const { session_id: sessionId } = await backend.newSession();
    await backend.say(sessionId, SCRIPT);
    await backend.fault({ endpoint: "render_submit", ...fault });
    const { draft } = await backend.stateOf(sessionId);
    expect((await backend.submitRender("render_f1", sessionId, draft)).status).toBe(200);
    const statusOf = async () => Object((await backend.call("GET", "/api/render/proxy/lambda/render_f1")).json["data"]);
    return { backend, statusOf };
  };

  it("fails it", async () => {
    const { backend, statusOf } = await submit({ render_fail: true });
    await backend.until("render", { event: "failed" });
    expect(await statusOf()).toMatchObject({ status: "failed", errorMessage: expect.any(String) });
  });

  it("keeps it busy for so long", async () => {
    const { statusOf } = await submit({ render_fail: true, render_slow_ms: 3_600_000 });
    expect(await statusOf()).toMatchObject({ status: "processing" });
  });

  it("completes it with a video that breaks off", async () => {
    const { backend, statusOf } = await submit({ broken_video: true });
    await backend.until("render", { event: "completed" });
    const { outputUrl } = await statusOf();
    const bytes = Buffer.from(await (await fetch(outputUrl)).arrayBuffer());
    const mediaSize = bytes.readUInt32BE(bytes.indexOf("mdat") - 4);
    expect(bytes.indexOf("moov")).toBeGreaterThan(0);
    expect(mediaSize).toBeGreaterThan(bytes.length - bytes.indexOf("mdat"));
    expect(await readFile(`${backend.dataDir}/renders/render_f1.mp4`)).toEqual(bytes);
  });

  it("cuts the download short", async () => {
    const { backend, statusOf } = await submit({ delay_ms: 1 });
    await backend.until("render", { event: "completed" });
    const { outputUrl } = await statusOf();
    await backend.fault({ endpoint: "cdn", cut_after_bytes: 1000 });
    const answer = await fetch(outputUrl);
    await expect(answer.arrayBuffer()).rejects.toThrow(/terminated/);
  });
});

it("parses what a stream holds, so that these tests can fail", () => {
  expect(parseStream('data: {"type":"text","content":"a"}\n\ndata: {"type":"text","content":"b"}\n\n').text).toBe("ab");
});
