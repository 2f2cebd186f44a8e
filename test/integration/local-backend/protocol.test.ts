import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { attribution, SCRIPT, startBackend, TOKEN } from "../../support/local-backend.ts";
import type { Answer } from "../../support/local-backend.ts";

const dialects = ["first", "last"] as const;

function codeOf({ json }: Answer): unknown {
  return json["code"];
}

describe("anonymous tokens", () => {
  const ask = (backend: Awaited<ReturnType<typeof startBackend>>, clientId: string) =>
    backend.call("POST", "/api/auth/anonymous-token", { token: null, headers: { "x-client-id": clientId } });

  it("come with an account of 100 credits, for 7 days", async () => {
    const backend = await startBackend();
    const { json } = await ask(backend, randomUUID());
    const data = Object(json["data"]);
    expect(data).toMatchObject({
      token: expect.stringMatching(/^nmv_usr_/),
      user_id: expect.stringMatching(/^anon_/),
      credits: 100,
    });
    expect((Date.parse(data.expires_at) - Date.now()) / 86_400_000).toBeCloseTo(7, 2);
    expect(await backend.creditsOf(data.token)).toEqual({ available: 100, frozen: 0, total: 100 });
  });

  it("need a client id", async () => {
    const backend = await startBackend();
    expect((await backend.call("POST", "/api/auth/anonymous-token", { token: null })).status).toBe(400);
    expect((await ask(backend, "not-a-uuid")).status).toBe(400);
  });

  it("are one per client id and ten per address within 7 days", async () => {
    const backend = await startBackend();
    const first = randomUUID();
    expect((await ask(backend, first)).status).toBe(200);
    expect((await ask(backend, first)).status).toBe(429);
    for (let count = 2; count <= 10; count += 1) expect((await ask(backend, randomUUID())).status).toBe(200);
    expect((await ask(backend, randomUUID())).status).toBe(429);
  });

  it("can be had again for the same client id once the old one expired, not when it was only revoked", async () => {
    const backend = await startBackend();
    const clientId = randomUUID();
    const before = Object((await ask(backend, clientId)).json["data"]);
    await backend.settings({ account: { client_id: clientId, revoke: true } });
    expect(codeOf(await backend.call("GET", "/api/credits/balance/simple", { token: before.token }))).toBe(1001);
    expect((await ask(backend, clientId)).status).toBe(429);
    await backend.settings({ account: { client_id: clientId, expire: true } });
    const after = Object((await ask(backend, clientId)).json["data"]);
    expect(after.user_id).not.toBe(before.user_id);
  });
});

describe.each(dialects)("in the dialect %s", (dialect) => {
  const status = (own: number) => (dialect === "first" ? own : 200);
  const start = () => startBackend({ settings: { dialect } });

  it("refuses an unknown token with 1001 at every call that takes one", async () => {
    const backend = await start();
    const calls = [
      ["POST", "/api/tasks/me/with-session/nemo_agent"],
      ["POST", "/run_sse"],
      ["POST", "/api/upload-video/nemo_agent/me/x"],
      ["GET", "/api/credits/balance/simple"],
      ["GET", "/api/state/nemo_agent/me/x/latest"],
      ["POST", "/api/render/proxy/lambda"],
      ["GET", "/api/render/proxy/lambda/render_1"],
      ["POST", "/api/render/proxy/lambda/render_1/cancel"],
      ["GET", "/api/render/proxy/render_1/download"],
      ["POST", "/api/auth/claim-token"],
    ] as const;
    for (const [method, path] of calls) {
      const answer = await backend.call(method, path, { token: "nmv_usr_nobody" });
      expect([path, answer.status, codeOf(answer)]).toEqual([path, status(401), 1001]);
    }
  });

  it("makes sessions, and shows them to the account that made them only", async () => {
    const backend = await start();
    const { session_id: sessionId } = await backend.newSession();
    const anonymous = await backend.call("POST", "/api/auth/anonymous-token", {
      token: null,
      headers: { "x-client-id": randomUUID() },
    });
    const { token } = Object(anonymous.json["data"]);
    const path = `/api/state/nemo_agent/me/${sessionId}/latest`;
    expect((await backend.call("GET", path)).status).toBe(200);
    const foreign = await backend.call("GET", path, { token });
    expect([foreign.status, codeOf(foreign)]).toEqual([status(404), 1002]);
    await backend.settings({ drop_session: sessionId });
    const dropped = await backend.call("GET", path);
    expect([dropped.status, codeOf(dropped)]).toEqual([status(404), 1002]);
  });

  it("answers a message to an unknown session as its runtime does", async () => {
    const backend = await start();
    const answer = await backend.openMessage("no-such-session", "hello");
    expect(answer.status).toBe(status(404));
    const fields = Object.keys(Object(await answer.json()));
    expect(fields).toEqual(dialect === "first" ? ["error"] : ["code", "message"]);
  });

  it("answers a state whose draft stays the same and whose addresses and times do not", async () => {
    const backend = await start();
    const { session_id: sessionId } = await backend.newSession();
    expect((await backend.stateOf(sessionId)).draft).toBe(dialect === "first" ? "null" : '{"t":[],"d":0,"m":{}}');
    await backend.say(sessionId, SCRIPT);
    const one = await backend.stateOf(sessionId);
    const other = await backend.stateOf(sessionId);
    expect(other.draft).toBe(one.draft);
    expect(other.text).not.toBe(one.text);
    expect(/"id":(\d{19})\b/.exec(one.draft)?.[1]).toBeDefined();
    expect(one.draft).toContain(dialect === "first" ? '"s":0,"d":' : '"m":{"start":0},"duration":');
    expect(Object(one.data["state"])).toMatchObject({
      canvas_config: { width: 160, height: 90 },
      generated_media: [{}, {}],
      video_infos: [],
    });
  });

  it("exports a draft as it is, tells how far it is, and gives an address that needs no token", async () => {
    const backend = await start();
    const { session_id: sessionId } = await backend.newSession();
    await backend.say(sessionId, SCRIPT);
    const { draft } = await backend.stateOf(sessionId);
    const submitted = await backend.submitRender("render_a1", sessionId, draft);
    const fieldsOf = ({ json }: Answer) => Object(dialect === "first" ? json["data"] : json);
    expect(fieldsOf(submitted)).toMatchObject({ id: "render_a1", status: "pending" });
    await backend.until("render", { render: "render_a1", event: "completed", draft_unchanged: true });
    const done = await backend.call("GET", "/api/render/proxy/lambda/render_a1");
    const fields = fieldsOf(done);
    expect(fields).toMatchObject({ status: "completed", progress: 100 });
    const address: string = dialect === "first" ? fields.outputUrl : fields.output.url;
    const video = await fetch(address);
    expect([video.status, video.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    expect(
      Buffer.from(await video.arrayBuffer())
        .subarray(4, 8)
        .toString(),
    ).toBe("ftyp");
    expect((await fetch(address.replace(/signature=..../, "signature=0000"))).status).toBe(403);

    const download = await backend.call("GET", "/api/render/proxy/render_a1/download");
    expect(download.status).toBe(dialect === "first" ? 302 : 200);
    const cdnRequests = (await backend.ledger("request")).filter((entry) => entry["endpoint"] === "cdn");
    expect(cdnRequests.map((entry) => entry["token"])).toEqual([null, null]);
  });

  it("refuses an export without attribution, of an unknown session, under a used id, or beside another one", async () => {
    const backend = await start();
    const { session_id: sessionId } = await backend.newSession();
    await backend.say(sessionId, SCRIPT);
    const { draft } = await backend.stateOf(sessionId);
    for (const name of Object.keys(attribution)) {
      expect((await backend.submitRender("render_b0", sessionId, draft, { headers: { [name]: "" } })).status).toBe(402);
    }
    expect(codeOf(await backend.submitRender("render_b0", "unknown", draft))).toBe(1002);
    await backend.fault({ endpoint: "render_submit", render_slow_ms: 60_000, render_fail: true });
    expect((await backend.submitRender("render_b1", sessionId, draft)).status).toBe(200);
    const again = await backend.submitRender("render_b1", sessionId, draft);
    expect([again.status, again.text]).toEqual([409, expect.stringContaining("already exists")]);
    const beside = await backend.submitRender("render_b2", sessionId, draft);
    expect([beside.status, beside.text]).toEqual([409, expect.stringContaining("active export")]);
    expect((await backend.call("POST", "/api/render/proxy/lambda/render_b1/cancel")).status).toBe(200);
    await backend.until("render", { render: "render_b1", event: "canceled" });
    expect((await backend.submitRender("render_b2", sessionId, draft)).status).toBe(200);
    expect((await backend.call("GET", "/api/render/proxy/lambda/render_zz")).status).toBe(404);
    expect((await backend.submitRender("render_b3", sessionId, "null")).status).toBe(400);
  });

  it("gives claim tokens, which open nothing by themselves", async () => {
    const backend = await start();
    const { session_id: sessionId, task_id: taskId } = await backend.newSession();
    const answer = await backend.call("POST", "/api/auth/claim-token", {
      body: { task_id: taskId, session_id: sessionId },
    });
    const { claim_token: claim, expires_in: expiresIn } = Object(answer.json["data"]);
    expect([claim, expiresIn]).toEqual([expect.stringMatching(/^clm_/), 600]);
    expect(codeOf(await backend.call("GET", "/api/credits/balance/simple", { token: claim }))).toBe(1001);
  });
});

describe("what a token may do", () => {
  it("is refused with 403 without the scope", async () => {
    const backend = await startBackend();
    const { session_id: sessionId } = await backend.newSession();
    await backend.settings({ account: { token: TOKEN, scopes: ["read"] } });
    expect((await backend.call("POST", `/api/upload-video/nemo_agent/me/${sessionId}`)).status).toBe(403);
    expect((await backend.openMessage(sessionId, "hello")).status).toBe(403);
    expect((await backend.call("GET", `/api/state/nemo_agent/me/${sessionId}/latest`)).status).toBe(200);
  });

  it("is refused export with 402 where the plan says so, for anonymous accounts only", async () => {
    const backend = await startBackend({ settings: { plan: "anonymous" } });
    const { json } = await backend.call("POST", "/api/auth/anonymous-token", {
      token: null,
      headers: { "x-client-id": randomUUID() },
    });
    const { token } = Object(json["data"]);
    expect((await backend.submitRender("render_c1", "any", "{}", { token })).status).toBe(402);
    expect((await backend.submitRender("render_c1", "any", "{}")).status).not.toBe(402);
  });
});

describe("the ledger", () => {
  it("holds every request with its headers, tokens as hashes only, and says when one was in an address", async () => {
    const backend = await startBackend();
    await backend.call("GET", "/api/credits/balance/simple");
    await backend.call("GET", `/api/credits/balance/simple?token=${TOKEN}`);
    await backend.call("GET", "/no/such/path");
    const requests = await backend.ledger("request");
    expect(requests).toMatchObject([
      {
        endpoint: "credits",
        token: expect.stringMatching(/^sha256:/),
        token_in_url: false,
        headers: { "x-skill-source": "ai-to-video" },
      },
      { endpoint: "credits", token_in_url: true },
      { endpoint: null, url: "/no/such/path" },
    ]);
    expect(JSON.stringify(requests)).not.toContain(TOKEN);
  });
});
