import { describe, expect, it } from "vitest";
import type { MessageEvent } from "../../../src/backend-client/message.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { connect, connectWithSession, json, serveScript, type Reply } from "../../support/scripted-backend.ts";

const minuteMs = 60_000;
const path = "/run_sse";
const route = `POST ${path}`;

const frame = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const piece = (text: string) => frame({ content: { role: "model", parts: [{ text }] }, partial: true });
const whole = (text: string) => frame({ content: { role: "model", parts: [{ text }] } });
const call = frame({ content: { role: "model", parts: [{ functionCall: { name: "render", args: {} } }] } });

/** A stream that says this and then ends. */
const stream =
  (...chunks: (string | Uint8Array)[]): Reply =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  };

/** One that says this and then does something else than ending. */
const streamThen =
  (said: string, next: Parameters<Reply>[0] extends infer Response ? (response: Response) => void : never): Reply =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    response.write(said, () => setImmediate(() => next(response)));
  };

async function start(replies: Reply[], options: Parameters<typeof connectWithSession>[1] = {}) {
  const client = await connectWithSession({ [route]: replies }, options);
  const events: MessageEvent[] = [];
  const caller = new AbortController();
  let sends = 0;
  const send = (beforeSend?: () => Promise<void>) =>
    client.backend.sendMessage({
      session: client.session,
      text: 'Say "hi"',
      onEvent: (event) => events.push(event),
      beforeSend: async () => {
        sends += 1;
        await beforeSend?.();
      },
      signal: caller.signal,
    });
  return { ...client, events, caller, send, sends: () => sends };
}

describe("sends a message", () => {
  it("as the protocol has it", async () => {
    const { send, server } = await start([stream()]);
    await send();
    const [request] = server.to(path);
    expect(request?.headers).toMatchObject({ accept: "text/event-stream", "content-type": "application/json" });
    expect(JSON.parse(request?.body ?? "")).toEqual({
      app_name: "nemo_agent",
      user_id: "me",
      session_id: "sid",
      new_message: { parts: [{ text: 'Say "hi"' }] },
    });
  });

  it("on a connection of its own", async () => {
    const { send, server } = await start([stream()]);
    await send();
    expect(server.to(path)[0]?.headers.connection).toBe("close");
  });

  it("and reads its stream to the end", async () => {
    const { send, events } = await start([
      stream(
        ": hello\n\n",
        piece("Your "),
        piece("video"),
        call,
        whole("Your video"),
        frame({ usage: 7 }),
        "data: cut",
      ),
    ]);
    expect(await send()).toEqual({
      kind: "finished",
      reply: { text: "Your video", textEvents: 3, toolEvents: 1, aliveEvents: 1, unknownEvents: 1, isTruncated: false },
    });
    expect(events).toEqual([{ type: "text", text: "Your " }, { type: "text", text: "video" }, { type: "tool" }]);
  });

  it("and joins characters that chunks cut apart", async () => {
    const bytes = Buffer.from(whole("点击 😀"));
    const { send } = await start([stream(...Array.from(bytes, (byte) => Uint8Array.of(byte)))]);
    expect(await send()).toMatchObject({ kind: "finished", reply: { text: "点击 😀" } });
  });

  it("and passes an event of 1 MB and 2,000 events", async () => {
    const big = "x".repeat(1_000_000);
    const { send } = await start([stream(whole(big), ...Array.from({ length: 2000 }, () => call))]);
    expect(await send()).toMatchObject({ kind: "finished", reply: { text: big, toolEvents: 2000 } });
  });

  it.each<[string, Reply]>([
    ["a stream without events", stream()],
    ["an empty body", (response) => response.writeHead(200).end()],
  ])("and takes %s for an answer without text", async (_what, reply) => {
    const { send } = await start([reply]);
    expect(await send()).toMatchObject({ kind: "finished", reply: { text: "" } });
  });

  it("and drops the notice of a temporary issue after a normal answer", async () => {
    const { send } = await start([stream(whole("Done."), whole("I encountered a temporary issue."))]);
    expect(await send()).toMatchObject({ kind: "finished", reply: { text: "Done." } });
  });
});

describe("a run that fails after a 200", () => {
  it.each([
    ["an error object", frame({ error: "model nmv_usr_token1 broke" })],
    ["an error that is not valid JSON", 'data: {"error": "model "x" broke"}\n\n'],
    ["an event named error", "event: error\ndata: oh\n\n"],
    ["an error code", frame({ errorCode: "X", errorMessage: "broke", author: "nemo_agent" })],
  ])("says so by %s, and what comes after it is still read", async (_what, said) => {
    const { send } = await start([stream(piece("Working"), said, call)]);
    const outcome = await send();
    expect(outcome).toMatchObject({
      kind: "failed",
      failure: { code: "generation_failed" },
      reply: { text: "Working", toolEvents: 1 },
    });
    expect(JSON.stringify(outcome)).not.toContain("broke");
    expect(outcome.kind === "failed" ? String(outcome.failure.cause) : "").not.toContain("token1");
  });
});

describe("a message that was not run", () => {
  it("is sent again once with a renewed token, after being marked again", async () => {
    const { send, server, sends } = await start([json({ code: 1001 }), stream(whole("ok"))]);
    expect(await send()).toMatchObject({ kind: "finished", reply: { text: "ok" } });
    expect(server.to(path).map(({ headers }) => headers.authorization)).toEqual([
      "Bearer nmv_usr_token1",
      "Bearer nmv_usr_token2",
    ]);
    expect(sends()).toBe(2);
  });

  it("is sent again once 30 s after a 429, after being marked again", async () => {
    const time = createManualClock();
    const { send, sends } = await start([json({}, 429), stream(whole("ok"))], { clock: time.clock });
    const outcome = send();
    await time.timerOf(30_000);
    expect(sends()).toBe(1);
    time.advance(30_000);
    expect(await outcome).toMatchObject({ kind: "finished" });
    expect(sends()).toBe(2);
  });

  it("stays so after a second rejection", async () => {
    const { send, server } = await start([json({ code: 1001 }), json({ code: 1001 })]);
    expect(await send()).toMatchObject({ kind: "not_run", failure: { code: "backend_auth" } });
    expect(server.to(path)).toHaveLength(2);
  });

  it("stays so when the renewal fails", async () => {
    const { backend, session, signal } = await connectWithSession({
      [route]: [json({ code: 1001 })],
      "POST /api/auth/anonymous-token": [json({ code: 0, data: { token: "t" } }), json({}, 500)],
    });
    const outcome = await backend.sendMessage({
      session,
      text: "x",
      onEvent: () => undefined,
      beforeSend: async () => undefined,
      signal,
    });
    expect(outcome).toMatchObject({ kind: "not_run", failure: { reason: "server_error" } });
  });

  it("is sent once where it may not be repeated", async () => {
    const { send, server } = await start([json({ code: 2001 })]);
    expect(await send()).toMatchObject({
      kind: "not_run",
      failure: {
        code: "insufficient_credits",
        detail: expect.stringContaining("https://web.example/register?bind=anon_1"),
      },
    });
    expect(server.to(path)).toHaveLength(1);
  });

  it("is known by its status where the body breaks off", async () => {
    const { send } = await start([
      (response) => response.writeHead(402, { "content-length": 50 }).write("{", () => response.destroy()),
    ]);
    expect(await send()).toMatchObject({ kind: "not_run" });
  });

  it("throws the caller's reason when the caller gives up during the pause", async () => {
    const time = createManualClock();
    const { send, caller } = await start([json({}, 429)], { clock: time.clock });
    const outcome = send().catch((error: unknown) => error);
    await time.timerOf(30_000);
    caller.abort(new Error("enough"));
    expect(await outcome).toEqual(new Error("enough"));
  });
});

describe("a message that was not sent", () => {
  it("is known where nobody listens", async () => {
    const { origin } = await serveScript({});
    const { backend } = connect("http://127.0.0.1:1", { config: { token: "t" } });
    const { backend: other } = connect(origin, { config: { token: "t" } });
    const { signal } = new AbortController();
    const session = await other.createSession({ skill: "ai-to-video", language: "en", signal });
    const outcome = await backend.sendMessage({
      session,
      text: "x",
      onEvent: () => undefined,
      beforeSend: async () => undefined,
      signal,
    });
    expect(outcome).toMatchObject({ kind: "not_sent", failure: { code: "backend_unavailable" } });
  });

  it("does not go out when marking it fails", async () => {
    const { send, server } = await start([stream()]);
    await expect(send(() => Promise.reject(new Error("no marker")))).rejects.toThrow("no marker");
    expect(server.to(path)).toEqual([]);
  });

  it("does not go out when the caller gave up while it was marked", async () => {
    const { send, server, caller } = await start([stream()]);
    await expect(send(async () => caller.abort(new Error("enough")))).rejects.toThrow("enough");
    expect(server.to(path)).toEqual([]);
  });
});

describe("a message whose outcome is unknown", () => {
  it.each<[what: string, reply: Reply, reason: string]>([
    ["a reset before the headers", (response) => response.destroy(), "no_answer"],
    ["a 500", json({}, 500), "server_error"],
    ["a 502 with a code", json({ code: 1001 }, 502), "server_error"],
    ["a status that the protocol does not list", json({}, 400), "unclear_rejection"],
    ["a redirect", (response) => response.writeHead(307, { location: "/run_sse" }).end(), "not_a_stream"],
    ["a 200 that is JSON", json({ code: 0, data: {} }), "not_a_stream"],
    [
      "a 200 that is HTML",
      (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
      "not_a_stream",
    ],
    ["a 200 without a content type", (response) => response.writeHead(200).end(whole("hi")), "not_a_stream"],
    [
      "a 201 that streams",
      (response) => response.writeHead(201, { "content-type": "text/event-stream" }).end(whole("hi")),
      "not_a_stream",
    ],
    ["a stream cut before its first event", streamThen(":\n\n", (response) => response.destroy()), "cut"],
    [
      "a stream cut in an event",
      streamThen(`${piece("Working")}data: {"cont`, (response) => response.destroy()),
      "cut",
    ],
    ["a stream cut after a failure", streamThen(frame({ error: "x" }), (response) => response.destroy()), "cut"],
  ])("is so after %s, and it is not sent again", async (_what, reply, reason) => {
    const { send, server } = await start([reply]);
    expect(await send()).toMatchObject({ kind: "unknown", reason });
    expect(server.to(path)).toHaveLength(1);
  });

  it("keeps what was said until then", async () => {
    const { send } = await start([streamThen(piece("Working"), (response) => response.destroy())]);
    expect(await send()).toMatchObject({ reply: { text: "Working" } });
  });

  it("is so when an event or the stream is over its limit", async () => {
    const event = await start([stream(whole("x".repeat(200_000)))], { limits: { maxEventChars: 1000 } });
    expect(await event.send()).toMatchObject({ kind: "unknown", reason: "too_large" });
    const all = await start([stream(...Array.from({ length: 50 }, () => whole("x".repeat(100))))], {
      limits: { maxStreamBytes: 1000 },
    });
    expect(await all.send()).toMatchObject({ kind: "unknown", reason: "too_large" });
  });

  it("is so when the caller gives up after it went out", async () => {
    const { send, caller, events } = await start([streamThen(piece("Working"), () => undefined)]);
    const outcome = send();
    await expect.poll(() => events.length).toBe(1);
    caller.abort(new Error("cancelled"));
    expect(await outcome).toMatchObject({ kind: "unknown", reason: "aborted", reply: { text: "Working" } });
  });

  it("is so after 10 minutes without headers", async () => {
    const time = createManualClock();
    const { send, server, events } = await start([() => undefined], { clock: time.clock });
    const outcome = send();
    await expect.poll(() => server.to(path).length).toBe(1);
    time.advance(10 * minuteMs);
    expect(await outcome).toMatchObject({ kind: "unknown", reason: "idle" });
    expect(events).toHaveLength(4);
    expect(events[0]).toEqual({ type: "still_working", text: "⏳ Still working..." });
    expect(time.pendingTimers).toBe(0);
  });

  it("is so after 10 minutes of heartbeats", async () => {
    const time = createManualClock();
    const beat = "event: heartbeat\ndata: {}\n\n:\n\ndata:\n\n";
    const { send, events } = await start([streamThen(piece("Working") + beat, () => undefined)], { clock: time.clock });
    const outcome = send();
    await expect.poll(() => events.length).toBe(1);
    time.advance(10 * minuteMs - 1);
    expect(time.pendingTimers).toBeGreaterThan(0);
    time.advance(1);
    expect(await outcome).toMatchObject({ kind: "unknown", reason: "idle" });
  });

  it("is so after 15 minutes, however much is said", async () => {
    const time = createManualClock();
    let say: (text: string) => void = () => undefined;
    const { send, events } = await start(
      [
        streamThen(piece("0"), (response) => {
          say = (text) => response.write(piece(text));
        }),
      ],
      { clock: time.clock },
    );
    const outcome = send();
    for (const text of ["1", "2"]) {
      await expect.poll(() => events.filter(({ type }) => type === "text").length).toBe(Number(text));
      time.advance(7 * minuteMs);
      say(text);
    }
    await expect.poll(() => events.filter(({ type }) => type === "text").length).toBe(3);
    time.advance(minuteMs);
    expect(await outcome).toMatchObject({ kind: "unknown", reason: "too_long", reply: { text: "012" } });
  });
});
