import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { BackendError } from "../../../src/backend-client/backend-error.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { connect, connectWithSession, json, serveScript, type Reply } from "../../support/scripted-backend.ts";
import { listen } from "../../support/loopback-server.ts";

const { signal } = new AbortController();
const skill = "ai-to-video";
const creditsPath = "/api/credits/balance/simple";
const statePath = "/api/state/nemo_agent/me/sid/latest";
const credits = json({ code: 0, data: { available: 90, frozen: 10, total: 100 } });
const failureOf = (call: Promise<unknown>) => call.catch((error: unknown) => error);
const reset: Reply = (response) => response.destroy();

describe("every request", () => {
  it("carries the token and all three attribution headers", async () => {
    const { backend, session, server } = await connectWithSession({
      [`GET ${creditsPath}`]: [credits],
      [`GET ${statePath}`]: [json({ data: { state: {} } })],
      "POST /api/auth/claim-token": [json({ code: 0, data: { claim_token: "clm_1" } })],
    });
    await backend.readCredits({ identityId: session.identityId, skill, signal });
    await backend.readState({ session, signal });
    await backend.claimProject({ session, taskId: "tid", signal });
    expect(server.requests).toHaveLength(5);
    for (const { headers, path } of server.requests) {
      expect(headers).toMatchObject({
        "x-skill-source": expect.any(String),
        "x-skill-version": "1.0.0",
        "x-skill-platform": "unknown",
      });
      expect(headers.authorization).toBe(path.includes("anonymous-token") ? undefined : "Bearer nmv_usr_token1");
    }
    expect(server.to(creditsPath)[0]?.headers["x-skill-source"]).toBe(skill);
  });

  it("goes below the path of the base URL", async () => {
    const server = await serveScript({ [`GET /proxy${creditsPath}`]: [credits] });
    const { backend } = connect(`${server.origin}/proxy/`, { config: { token: "t" } });
    expect(await backend.readCredits({ identityId: null, skill, signal })).toEqual({
      available: 90,
      frozen: 10,
      total: 100,
    });
  });

  it("follows no redirect, so that no other origin sees a token", async () => {
    const other = await serveScript({});
    const { backend } = await connectWithSession({
      [`GET ${creditsPath}`]: [(response) => response.writeHead(302, { location: `${other.origin}/x` }).end()],
    });
    await expect(backend.readCredits({ identityId: null, skill, signal })).rejects.toMatchObject({
      code: "backend_protocol",
      reason: "protocol",
    });
    expect(other.requests).toEqual([]);
  });

  it("offers HTTP/1.1 alone, since one lost connection of HTTP/2 would take all its streams along", async () => {
    const hello = Promise.withResolvers<string>();
    const server = createServer((socket) => {
      socket.once("data", (bytes) => {
        hello.resolve(bytes.toString("latin1"));
        socket.destroy();
      });
    });
    const { port } = await listen(server);
    const { backend } = connect(`https://127.0.0.1:${port}`, { config: { token: "t" } });
    await failureOf(backend.readCredits({ identityId: null, skill, signal }));
    // In the ClientHello each protocol stands after its length.
    expect(await hello.promise).toContain("\x08http/1.1");
    expect(await hello.promise).not.toContain("\x02h2");
  });

  it("leaves no token in the log or in an error", async () => {
    const echo: Reply = (response, { headers }) =>
      json({ code: 400, message: `no: ${headers.authorization}` }, 400)(response, {
        headers,
        method: "",
        path: "",
        body: "",
      });
    const { backend, logged } = await connectWithSession({ [`GET ${creditsPath}`]: [echo] });
    const error: unknown = await backend
      .readCredits({ identityId: null, skill, signal })
      .catch((caught: unknown) => caught);
    const inspected = JSON.stringify([
      logged,
      String(error),
      error instanceof Error ? [error.stack, String(error.cause)] : null,
    ]);
    expect(inspected).toContain("backend_rejected");
    expect(inspected).not.toContain("token1");
  });
});

describe("a session", () => {
  it("is asked for in the language of the script, and keeps the identity that made it", async () => {
    const { server, session } = await connectWithSession({});
    expect(server.to("/api/tasks/me/with-session/nemo_agent")[0]?.body).toBe('{"task_name":"project","language":"en"}');
    expect(session).toMatchObject({
      backendSessionId: "sid",
      taskId: "tid",
      userId: "anon_1",
      identityId: expect.stringMatching(/^anonymous-/),
    });
  });

  it("can be claimed in a browser with a link that holds no API token", async () => {
    const { backend, session, server } = await connectWithSession({
      "POST /api/auth/claim-token": [json({ code: 0, data: { claim_token: "clm_1", expires_in: 600 } })],
    });
    expect(await backend.claimProject({ session, taskId: "tid", signal })).toEqual({
      url: "https://web.example/workspace/claim?ct=clm_1",
      expiresInS: 600,
    });
    expect(server.to("/api/auth/claim-token")[0]?.body).toBe('{"task_id":"tid","session_id":"sid"}');
  });

  it.each([{ code: 0, data: {} }, { code: 0 }, { code: 0, data: { session_id: 7.5 } }, []])(
    "fails as backend_protocol on an answer like %j",
    async (answer) => {
      const server = await serveScript({ "POST /api/tasks/me/with-session/nemo_agent": [json(answer)] });
      const { backend } = connect(server.origin);
      await expect(backend.createSession({ skill, language: "en", signal })).rejects.toMatchObject({
        code: "backend_protocol",
      });
    },
  );
});

describe("is repeated", () => {
  it("once after 1001, with a new token for the same client id", async () => {
    const { backend, server, session } = await connectWithSession({
      [`GET ${creditsPath}`]: [json({ code: 1001 }), credits],
    });
    await backend.readCredits({ identityId: session.identityId, skill, signal });
    expect(server.to(creditsPath).map(({ headers }) => headers.authorization)).toEqual([
      "Bearer nmv_usr_token1",
      "Bearer nmv_usr_token2",
    ]);
    expect(server.to("/api/auth/anonymous-token").map(({ headers }) => headers["x-client-id"])).toEqual([
      "client-1",
      "client-1",
    ]);
  });

  it("not a second time after 1001", async () => {
    const { backend, server } = await connectWithSession({ [`GET ${creditsPath}`]: [json({ code: 1001 }, 401)] });
    await expect(backend.readCredits({ identityId: null, skill, signal })).rejects.toMatchObject({
      code: "backend_auth",
    });
    expect(server.to(creditsPath)).toHaveLength(2);
  });

  it("not at all with a configured token, which is named", async () => {
    const server = await serveScript({ [`GET ${creditsPath}`]: [json({}, 401)] });
    const { backend } = connect(server.origin, { config: { token: "configured" } });
    await expect(backend.readCredits({ identityId: null, skill, signal })).rejects.toMatchObject({
      code: "backend_auth",
      detail: expect.stringContaining("NEMO_TOKEN"),
    });
    expect(server.requests).toHaveLength(1);
  });

  it("once after 429, 30 s later", async () => {
    const time = createManualClock();
    const { backend, server } = await connectWithSession(
      { [`GET ${creditsPath}`]: [json({}, 429), credits] },
      { clock: time.clock },
    );
    const answer = backend.readCredits({ identityId: null, skill, signal });
    await time.timerOf(30_000);
    expect(server.to(creditsPath)).toHaveLength(1);
    time.advance(30_000);
    expect((await answer).available).toBe(90);
  });

  it("not a second time after 429", async () => {
    const time = createManualClock();
    const { backend, server } = await connectWithSession(
      { [`GET ${creditsPath}`]: [json({}, 429)] },
      { clock: time.clock },
    );
    const answer = failureOf(backend.readCredits({ identityId: null, skill, signal }));
    await time.timerOf(30_000);
    time.advance(30_000);
    expect(await answer).toMatchObject({
      code: "rate_limited",
      isPassing: true,
    });
    expect(server.to(creditsPath)).toHaveLength(2);
  });

  it("not when the caller gives up during the pause", async () => {
    const time = createManualClock();
    const { backend, server } = await connectWithSession(
      { [`GET ${creditsPath}`]: [json({}, 429)] },
      { clock: time.clock },
    );
    const caller = new AbortController();
    const answer = failureOf(backend.readCredits({ identityId: null, skill, signal: caller.signal }));
    await time.timerOf(30_000);
    caller.abort(new Error("enough"));
    expect(await answer).toEqual(new Error("enough"));
    expect(server.to(creditsPath)).toHaveLength(1);
    expect(time.pendingTimers).toBe(0);
  });

  it.each<[string, Reply]>([
    ["a 500", json({}, 500)],
    ["a reset", reset],
    ["a refusal", json({ code: 403 }, 403)],
  ])("not after %s: a POST goes out once", async (_what, reply) => {
    const { backend, session, server } = await connectWithSession({ "POST /api/render/proxy/lambda": [reply] });
    const output = { format: "mp4", quality: "high" };
    await expect(
      backend.submitRender({ session, renderId: "r", draftText: "{}", output, signal }),
    ).rejects.toBeInstanceOf(BackendError);
    expect(server.to("/api/render/proxy/lambda")).toHaveLength(1);
  });
});

describe("a token", () => {
  it("that meets 429 is asked for again 30 s later, and then once for a fresh client id", async () => {
    const time = createManualClock();
    const granted = json({ code: 0, data: { token: "nmv_usr_x" } });
    const server = await serveScript({
      "POST /api/auth/anonymous-token": [json({}, 429), json({ code: 429 }), granted],
      [`GET ${creditsPath}`]: [credits],
    });
    const { backend, logged } = connect(server.origin, { clock: time.clock });
    const answer = backend.readCredits({ identityId: null, skill, signal });
    await time.timerOf(30_000);
    time.advance(30_000);
    await answer;
    expect(server.to("/api/auth/anonymous-token").map(({ headers }) => headers["x-client-id"])).toEqual([
      "client-1",
      "client-1",
      "client-2",
    ]);
    expect(logged.join()).toContain("fresh one");
  });

  it.each([
    ["2030-01-03T00:00:00Z", Date.UTC(2030, 0, 3)],
    ["2030-01-03T00:00:00", Date.UTC(2030, 0, 3)],
    [Date.UTC(2030, 0, 3) / 1000, Date.UTC(2030, 0, 3)],
    [Date.UTC(2030, 0, 3), Date.UTC(2030, 0, 3)],
    [undefined, Date.UTC(2030, 0, 8)],
    ["soon", Date.UTC(2030, 0, 8)],
  ])("with expires_at %j expires when it says, else in 7 days", async (expiresAt, expected) => {
    const server = await serveScript({
      "POST /api/auth/anonymous-token": [json({ code: 0, data: { token: "nmv_usr_x", expires_at: expiresAt } })],
      [`GET ${creditsPath}`]: [credits],
    });
    const { backend, identityStore } = connect(server.origin, { clock: createManualClock().clock });
    await backend.readCredits({ identityId: null, skill, signal });
    expect((await identityStore.loadCurrent())?.expiresAtMs).toBe(expected);
  });

  it("that could not stand in a header is refused", async () => {
    const server = await serveScript({
      "POST /api/auth/anonymous-token": [json({ code: 0, data: { token: "a\nb" } })],
    });
    await expect(connect(server.origin).backend.readCredits({ identityId: null, skill, signal })).rejects.toMatchObject(
      { code: "backend_protocol" },
    );
  });
});

describe("a call that gets no answer", () => {
  const config = { token: "t" };
  const failure = (baseUrl: string, options: Parameters<typeof connect>[1] = {}) =>
    connect(baseUrl, { config, ...options })
      .backend.readCredits({ identityId: null, skill, signal })
      .catch((error: unknown) => error);

  it("is not sent where the connection is refused", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await failure(`http://127.0.0.1:${port}`)).toMatchObject({
      reason: "not_sent",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("is not sent where the name does not resolve", async () => {
    expect(await failure("http://backend.invalid")).toMatchObject({ reason: "not_sent" });
  });

  it("is not sent where no connection comes about in time", async () => {
    // TEST-NET-1 of RFC 5737: nobody answers there, or the network says at once that there is no way to it.
    expect(await failure("http://192.0.2.1", { limits: { connectTimeoutMs: 300 } })).toMatchObject({
      reason: "not_sent",
    });
  });

  it("is not sent where the other side does not speak TLS", async () => {
    const server = await serveScript({});
    expect(await failure(server.origin.replace("http:", "https:"))).toMatchObject({ reason: "not_sent" });
  });

  it("may have been carried out where the connection breaks", async () => {
    const { origin } = await serveScript({ [`GET ${creditsPath}`]: [reset] });
    expect(await failure(origin)).toMatchObject({ reason: "no_answer", code: "backend_unavailable" });
  });

  it("may have been carried out where the answer is no HTTP", async () => {
    const { origin } = await listen(createServer((socket) => socket.end("hello\r\n\r\n")));
    expect(await failure(origin)).toMatchObject({ reason: "no_answer" });
  });

  it("may have been carried out where the body breaks off", async () => {
    const { origin } = await serveScript({
      [`GET ${creditsPath}`]: [
        (response) => response.writeHead(200, { "content-length": 100 }).write("{", () => response.destroy()),
      ],
    });
    expect(await failure(origin)).toMatchObject({ reason: "no_answer" });
  });

  it("counts as refused where only the body of the refusal is lost", async () => {
    const { origin } = await serveScript({
      [`GET ${creditsPath}`]: [
        (response) => response.writeHead(403, { "content-length": 100 }).write("{", () => response.destroy()),
      ],
    });
    expect(await failure(origin)).toMatchObject({ reason: "forbidden" });
  });

  it.each<[string, Reply]>([
    ["no headers", () => undefined],
    ["no end", (response) => response.writeHead(200).write("{")],
  ])("ends after a minute with %s", async (_what, reply) => {
    const time = createManualClock();
    const { origin, requests } = await serveScript({ [`GET ${creditsPath}`]: [reply] });
    const result = failure(origin, { clock: time.clock });
    await time.timerOf(60_000);
    await expect.poll(() => requests.length).toBe(1);
    time.advance(60_000);
    expect(await result).toMatchObject({ reason: "no_answer", detail: expect.stringContaining("60 s") });
  });

  it("ends with the caller's reason when the caller gives up", async () => {
    const caller = new AbortController();
    const { origin } = await serveScript({ [`GET ${creditsPath}`]: [() => caller.abort(new Error("enough"))] });
    const { backend } = connect(origin, { config });
    await expect(backend.readCredits({ identityId: null, skill, signal: caller.signal })).rejects.toThrow("enough");
  });

  it("refuses an answer past the limit", async () => {
    const { origin } = await serveScript({ [`GET ${creditsPath}`]: [json("x".repeat(5000))] });
    expect(await failure(origin, { limits: { maxAnswerBytes: 4096 } })).toMatchObject({
      reason: "protocol",
      detail: expect.stringContaining("4096"),
    });
  });
});
