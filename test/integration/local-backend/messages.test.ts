import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readDraft } from "../../../src/local-backend/draft.ts";
import { SCRIPT, startBackend } from "../../support/local-backend.ts";
import type { TestBackend } from "../../support/local-backend.ts";

async function sessionWithVideo(backend: TestBackend): Promise<string> {
  const { session_id: sessionId } = await backend.newSession();
  await backend.say(sessionId, SCRIPT);
  return sessionId;
}

const partSchema = z.looseObject({ text: z.string().optional(), thought: z.boolean().optional() });

const projectOf = async (backend: TestBackend, sessionId: string) =>
  readDraft((await backend.stateOf(sessionId)).draft);

describe("a request to drag and drop", () => {
  it.each([
    [SCRIPT, 'Add a title "Urban Dreams"', /drag/i],
    ["做一个4秒的视频。城市的灯光从不入睡。", "添加标题：城市之梦", /拖拽/],
  ])("ends every reply, or none, as the setting says: %s", async (script, edit, drags) => {
    const backend = await startBackend();
    for (const share of [1, 0]) {
      await backend.settings({ drag_share: share });
      const { session_id: sessionId } = await backend.newSession();
      for (const words of [script, edit]) {
        const { text } = await backend.say(sessionId, words);
        expect(drags.test(text)).toBe(share === 1);
      }
    }
    expect((await backend.settings({ drag_share: null })).json["drag_share"]).toBeNull();
  });

  it("can be met by a message, for 50 credits: the clips come in another order", async () => {
    const backend = await startBackend();
    const { session_id: sessionId } = await backend.newSession();
    await backend.say(sessionId, `${SCRIPT.replace("4 second", "8 second")}\n\nNets dry in the wind, and gulls argue.`);
    const before = await projectOf(backend, sessionId);
    await backend.say(sessionId, "Reorder the clips.");
    const after = await projectOf(backend, sessionId);
    expect(before.scenes.length).toBeGreaterThan(1);
    expect(after.scenes.map(({ id }) => id)).toEqual(before.scenes.map(({ id }) => id).toReversed());
    expect(after.scenes[0]?.transition).toBe("cut");
    expect((await backend.ledger("message")).at(-1)).toMatchObject({ intent: "reorder", credits: 50 });
  });
});

describe("a generation", () => {
  it("makes the raw clip first, then music and title, and tells of both", async () => {
    const backend = await startBackend();
    const { session_id: sessionId } = await backend.newSession();
    await backend.settings({ speed: 50 });
    const said = backend.say(sessionId, SCRIPT);
    await backend.until("change", { session: sessionId, stage: 1 });
    expect(await projectOf(backend, sessionId)).toMatchObject({ widthPx: 160, heightPx: 90, music: null, title: null });
    expect((await said).text).toMatch(/raw clip is ready.*is done/);
    expect(await projectOf(backend, sessionId)).toMatchObject({ music: { mood: "lo-fi" }, title: { startMs: 0 } });
  });

  it("shows the script's words, in a video as long as was asked for", async () => {
    const backend = await startBackend();
    const sessionId = await sessionWithVideo(backend);
    const { scenes } = await projectOf(backend, sessionId);
    const words = scenes.map((scene) => scene.text).join(" ");
    expect(words).toMatch(/City lights never sleep.*Every window tells a story/);
    expect(words).not.toMatch(/Make a|160x90/);
    expect(scenes.reduce((sum, scene) => sum + scene.durationMs, 0)).toBe(4000);
  });

  it("costs 100 credits, which are frozen while it runs", async () => {
    const backend = await startBackend({ settings: { speed: 100 } });
    const { session_id: sessionId } = await backend.newSession();
    const before = await backend.creditsOf();
    const said = backend.say(sessionId, SCRIPT);
    await backend.until("message", { session: sessionId });
    expect(await backend.creditsOf()).toEqual({ available: before.available - 100, frozen: 100, total: before.total });
    await said;
    expect(await backend.creditsOf()).toEqual({
      available: before.available - 100,
      frozen: 0,
      total: before.total - 100,
    });
  });

  it("is refused with 2001 when the credits do not suffice, and is not run", async () => {
    const backend = await startBackend();
    const { json } = await backend.call("POST", "/api/auth/anonymous-token", {
      token: null,
      headers: { "x-client-id": randomUUID() },
    });
    const { token } = Object(json["data"]);
    const { session_id: sessionId } = await backend.newSession(token);
    await backend.settings({ account: { token, credits: 99 } });
    const answer = await backend.openMessage(sessionId, SCRIPT, token);
    expect([answer.status, await answer.json()]).toEqual([200, { code: 2001, message: expect.any(String) }]);
    expect(await backend.ledger("message")).toEqual([]);
    expect((await backend.say(sessionId, "What can you do?", token)).text).toContain("script");
  });

  it("goes on to its end when its client is gone", async () => {
    const backend = await startBackend({ settings: { speed: 300 } });
    const { session_id: sessionId } = await backend.newSession();
    const answer = await backend.openMessage(sessionId, SCRIPT);
    await answer.body?.cancel();
    await backend.until("run_ended", { session: sessionId, outcome: "done" });
    expect((await projectOf(backend, sessionId)).music).not.toBeNull();
  });
});

describe("an edit", () => {
  it("changes what it was asked to change, for 50 credits, and says so in the language of the message", async () => {
    const backend = await startBackend();
    const sessionId = await sessionWithVideo(backend);
    const { total } = await backend.creditsOf();
    expect((await backend.say(sessionId, 'Add a title "Night Walk"')).text).toContain(
      'I\'ve added the title "Night Walk"',
    );
    expect((await backend.say(sessionId, "把音乐音量调到 20%")).text).toContain("音乐音量已调整为 20%。");
    expect(await projectOf(backend, sessionId)).toMatchObject({
      title: { text: "Night Walk" },
      music: { volume: 0.2 },
    });
    await backend.say(sessionId, "trim it to 2 seconds and remove the music");
    const trimmed = await projectOf(backend, sessionId);
    expect([trimmed.scenes.reduce((sum, scene) => sum + scene.durationMs, 0), trimmed.music]).toEqual([2000, null]);
    expect((await backend.creditsOf()).total).toBe(total - 150);
  });

  it("to another aspect ratio makes everything anew, for 100", async () => {
    const backend = await startBackend();
    const sessionId = await sessionWithVideo(backend);
    const before = await projectOf(backend, sessionId);
    await backend.say(sessionId, "change the aspect ratio to 1:1");
    const after = await projectOf(backend, sessionId);
    expect([after.widthPx, after.heightPx]).toEqual([1080, 1080]);
    expect(after.scenes.map((scene) => scene.id)).not.toEqual(before.scenes.map((scene) => scene.id));
    expect(await backend.ledger("run_ended")).toMatchObject([{ credits: 100 }, { credits: 100 }]);
  });

  it("says nothing in about 30 % of cases, the same ones for the same seed, and changes the timeline all the same", async () => {
    const silentOnes = async () => {
      const backend = await startBackend({ settings: { speed: 1_000_000, silentShare: 0.3 } });
      const sessionId = await sessionWithVideo(backend);
      for (let count = 1; count <= 40; count += 1) {
        const { text } = await backend.say(sessionId, `set the volume to ${count}%`);
        const [ended] = (await backend.ledger("run_ended")).slice(-1);
        expect([count, text === ""]).toEqual([count, ended?.["silent"]]);
        expect((await projectOf(backend, sessionId)).music?.volume).toBe(count / 100);
      }
      return (await backend.ledger("run_ended")).map((entry) => entry["silent"]);
    };
    const silent = await silentOnes();
    expect(silent.filter(Boolean).length).toBeGreaterThan(5);
    expect(silent.filter(Boolean).length).toBeLessThan(20);
    expect(await silentOnes()).toEqual(silent);
  });

  it("is refused while another message of its session is under way", async () => {
    const backend = await startBackend({ settings: { speed: 100 } });
    const { session_id: sessionId } = await backend.newSession();
    const first = await backend.openMessage(sessionId, SCRIPT);
    expect((await backend.openMessage(sessionId, "Add a title")).status).toBe(409);
    await first.text();
    expect((await backend.ledger("message")).length).toBe(1);
  });
});

describe("the stream", () => {
  it("repeats its pieces as a whole in the agent-runtime form, beside thoughts and calls", async () => {
    const backend = await startBackend({ settings: { dialect: "first" } });
    const { session_id: sessionId } = await backend.newSession();
    const { events, text } = await backend.say(sessionId, SCRIPT);
    const partsOf = (event: object) =>
      z.object({ content: z.object({ parts: z.array(partSchema) }) }).parse(event).content.parts;
    const whole = events.filter((event) => event["partial"] !== true).flatMap(partsOf);
    const parts = events.flatMap(partsOf);
    expect(whole.map((part) => part.text ?? "").join("")).toBe(text);
    expect(parts.some((part) => part.thought === true)).toBe(true);
    expect(parts.some((part) => "functionCall" in part || "function_call" in part)).toBe(true);
    expect(parts.some((part) => "functionResponse" in part || "function_response" in part)).toBe(true);
    expect(events.some((event) => partsOf(event).length > 1)).toBe(true);
  });

  it("holds pieces, calls, results and heartbeats in the typed form", async () => {
    const backend = await startBackend({ settings: { dialect: "last" } });
    const sessionId = await sessionWithVideo(backend);
    const { events } = await backend.say(sessionId, "What can you do?");
    const types = new Set(events.map((event) => event["type"]));
    expect(types).toEqual(new Set(["text", "heartbeat"]));
    const { events: edited } = await backend.say(sessionId, "Add a title");
    expect(new Set(edited.map((event) => event["type"]))).toEqual(new Set(["text", "tool_call", "tool_result"]));
  });

  it("sends people to a GUI that an API client does not have", async () => {
    const backend = await startBackend();
    const english = await backend.newSession();
    const chinese = await backend.newSession();
    expect((await backend.say(english.session_id, SCRIPT)).text).toMatch(/[Cc]lick|[Oo]pen the|[Pp]review|[Dd]rag/);
    const { text } = await backend.say(
      chinese.session_id,
      "把这段文字做成4秒的视频，尺寸160x90。\n\n城市的灯火从不熄灭。",
    );
    expect(text).toMatch(/点击|打开|预览|拖拽/);
  });
});
