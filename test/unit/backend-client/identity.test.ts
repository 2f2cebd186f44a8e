import { describe, expect, it } from "vitest";
import { BackendError } from "../../../src/backend-client/backend-error.ts";
import { createIdentities, type Identity } from "../../../src/backend-client/identity.ts";
import { backendLimits } from "../../../src/backend-client/limits.ts";
import type { GrantedToken } from "../../../src/backend-client/token-request.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { createMemoryIdentityStore } from "../../support/memory-identity-store.ts";

const dayMs = 24 * 60 * 60_000;
const { signal } = new AbortController();
const rejected = new BackendError("token_rejected");
const limited = () => new BackendError("rate_limited");

/** Several processes on one store, with a backend that grants or refuses each request for a token. */
function setUp(
  options: {
    config?: { token?: string; clientId?: string };
    answers?: (GrantedToken | Promise<GrantedToken> | Error)[];
  } = {},
) {
  const time = createManualClock();
  const store = createMemoryIdentityStore();
  const requests: string[] = [];
  const warnings: object[] = [];
  let made = 0;
  const answers = [...(options.answers ?? [])];
  const process = () =>
    createIdentities({
      config: options.config ?? {},
      store,
      async requestToken(clientId) {
        requests.push(clientId);
        const answer = answers.shift() ?? { token: `nmv_usr_${requests.length}`, userId: "anon_1", expiresAtMs: null };
        if (answer instanceof Error) throw answer;
        return answer;
      },
      clock: time.clock,
      limits: backendLimits,
      newClientId: () => `client-${(made += 1)}`,
      log: { debug: () => undefined, warn: (fields) => warnings.push(fields) },
    });
  return { time, store, requests, warnings, process };
}

describe("an anonymous account", () => {
  it("is asked for once by ten workers that start together", async () => {
    const { process, requests, store } = setUp();
    const found = await Promise.all(Array.from({ length: 10 }, () => process().current(signal)));
    expect(requests).toEqual(["client-1"]);
    expect(new Set(found.map(({ token }) => token))).toEqual(new Set(["nmv_usr_1"]));
    expect(store.clientIds).toHaveLength(1);
  });

  it("keeps its token until it expires, and its client id for good", async () => {
    const { process, requests, time } = setUp();
    await process().current(signal);
    time.advance(7 * dayMs - 2 * 60_000);
    await process().current(signal);
    expect(requests).toHaveLength(1);
    time.advance(2 * 60_000);
    expect((await process().current(signal)).token).toBe("nmv_usr_2");
    expect(requests).toEqual(["client-1", "client-1"]);
  });

  it("believes the time of expiry that it was told", async () => {
    const { process, requests, time } = setUp({
      answers: [{ token: "t", userId: null, expiresAtMs: createManualClock().clock.nowMs() + dayMs }],
    });
    await process().current(signal);
    time.advance(dayMs);
    await process().current(signal);
    expect(requests).toHaveLength(2);
  });

  it("is renewed once for all who meet 1001 with the same token, with the same client id", async () => {
    const { process, requests } = setUp();
    const old = await process().current(signal);
    const renewed = await Promise.all(Array.from({ length: 5 }, () => process().renew(old, signal, rejected)));
    expect(requests).toEqual(["client-1", "client-1"]);
    expect(new Set(renewed.map(({ id }) => id)).size).toBe(1);
    expect(renewed[0]?.id).not.toBe(old.id);
  });

  it("is kept although whoever asked for it has stopped waiting", async () => {
    const granted = Promise.withResolvers<GrantedToken>();
    const { process, requests, store } = setUp({ answers: [granted.promise] });
    const impatient = new AbortController();
    const first = process().current(impatient.signal);
    while (requests.length === 0) await Promise.resolve();
    impatient.abort(new Error("gone"));
    await expect(first).rejects.toThrow("gone");
    expect(store.identities.size).toBe(0);

    granted.resolve({ token: "t", userId: null, expiresAtMs: null });
    expect((await process().current(signal)).token).toBe("t");
    expect(requests).toHaveLength(1);
  });

  it("is not asked for by a caller who has gone already", async () => {
    const { process, requests } = setUp();
    await expect(process().current(AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
    expect(requests).toEqual([]);
  });

  it("stays known by its id after a renewal, for the sessions that it made", async () => {
    const { process } = setUp();
    const old = await process().current(signal);
    await process().renew(old, signal, rejected);
    expect(await process().byId(old.id)).toEqual(old);
  });

  it("has an id that holds neither token nor client id", async () => {
    const { process } = setUp();
    const { id, token } = await process().current(signal);
    expect(id).toMatch(/^anonymous-[0-9a-f]{12}-1$/);
    expect(id).not.toContain(token);
  });

  it("uses the configured client id", async () => {
    const { process, requests, store } = setUp({ config: { clientId: "given" } });
    await process().current(signal);
    expect(requests).toEqual(["given"]);
    expect(store.clientIds).toEqual([]);
  });
});

describe("a token that cannot be had", () => {
  it("costs one fresh client id, and a warning, where the old one meets 429", async () => {
    const { process, requests, store, warnings } = setUp({ answers: [limited()] });
    expect((await process().current(signal)).token).toBe("nmv_usr_2");
    expect(requests).toEqual(["client-1", "client-2"]);
    expect(store.clientIds.map(({ id }) => id)).toEqual(["client-1", "client-2"]);
    expect(warnings).toHaveLength(1);
  });

  it("also where a renewal meets it", async () => {
    const { process, requests } = setUp({ answers: [{ token: "t", userId: null, expiresAtMs: null }, limited()] });
    const old = await process().current(signal);
    await process().renew(old, signal, rejected);
    expect(requests).toEqual(["client-1", "client-1", "client-2"]);
  });

  it("also where the client id is not accepted", async () => {
    const { process, requests } = setUp({ answers: [new BackendError("client_id_rejected")] });
    await process().current(signal);
    expect(requests).toEqual(["client-1", "client-2"]);
  });

  it("fails when the fresh one is refused too, trying one a time and three in seven days", async () => {
    const { process, requests, time } = setUp({ answers: Array.from({ length: 6 }, limited) });
    await expect(process().current(signal)).rejects.toMatchObject({ code: "rate_limited" });
    expect(requests).toEqual(["client-1", "client-2"]);
    await expect(process().current(signal)).rejects.toMatchObject({ code: "rate_limited" });
    await expect(process().current(signal)).rejects.toMatchObject({
      code: "rate_limited",
      detail: expect.stringContaining("NEMO_TOKEN"),
    });
    expect(requests).toEqual(["client-1", "client-2", "client-2", "client-3", "client-3"]);
    time.advance(7 * dayMs + 1);
    await process().current(signal);
    expect(requests.slice(5)).toEqual(["client-3", "client-4"]);
  });

  it("is not tried with another client id than the configured one", async () => {
    const { process, requests } = setUp({ config: { clientId: "given" }, answers: [limited()] });
    await expect(process().current(signal)).rejects.toMatchObject({
      code: "rate_limited",
      detail: expect.stringContaining("NEMO_CLIENT_ID"),
    });
    expect(requests).toEqual(["given"]);
  });

  it("fails as it is where the backend is away, and the next one tries again", async () => {
    const { process, requests } = setUp({ answers: [new BackendError("not_sent")] });
    await expect(process().current(signal)).rejects.toMatchObject({ code: "backend_unavailable" });
    await process().current(signal);
    expect(requests).toEqual(["client-1", "client-1"]);
  });
});

describe("a configured token", () => {
  it("is used as it is, and nothing is asked for or stored", async () => {
    const { process, requests, store } = setUp({ config: { token: "secret-token" } });
    const identity = await process().current(signal);
    expect(identity).toMatchObject({ token: "secret-token", kind: "configured" });
    expect(identity.id).toMatch(/^token-[0-9a-f]{12}$/);
    expect(await process().byId(identity.id)).toEqual(identity);
    expect(requests).toEqual([]);
    expect(store.identities.size).toBe(0);
  });

  it("is never renewed", async () => {
    const { process } = setUp({ config: { token: "secret-token" } });
    const identities = process();
    await expect(identities.renew(await identities.current(signal), signal, rejected)).rejects.toBe(rejected);
  });

  it("does not stand in for another that made a session", async () => {
    const { process } = setUp({ config: { token: "secret-token" } });
    await expect(process().byId("token-000000000000")).rejects.toMatchObject({
      code: "backend_auth",
      detail: expect.stringContaining("NEMO_TOKEN"),
    });
  });

  it("leaves anonymous sessions to the account that made them", async () => {
    const { process, store } = setUp({ config: { token: "secret-token" } });
    const anonymous: Identity = {
      id: "anonymous-1-1",
      token: "t",
      kind: "anonymous",
      userId: null,
      expiresAtMs: null,
      generation: 1,
    };
    await store.save(anonymous);
    expect(await process().byId("anonymous-1-1")).toEqual(anonymous);
  });

  it.each(["has space", "line\nbreak", "é"])("that can be no header is refused at once: %j", (token) => {
    expect(() => setUp({ config: { token } }).process()).toThrow("NEMO_TOKEN");
  });
});
