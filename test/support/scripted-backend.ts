import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { createBackend, type BackendConfig } from "../../src/backend-client/backend.ts";
import type { Clock } from "../../src/backend-client/clock.ts";
import { systemClock } from "../../src/backend-client/clock.ts";
import { backendLimits, type BackendLimits } from "../../src/backend-client/limits.ts";
import type { BackendSession } from "../../src/backend-client/session.ts";
import { createOutboundClient } from "../../src/outbound/outbound-client.ts";
import { listen } from "./loopback-server.ts";
import { createMemoryIdentityStore } from "./memory-identity-store.ts";

export type SeenRequest = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

/** Answers one request. What is not answered stays open. */
export type Reply = (response: ServerResponse, request: SeenRequest) => void;

export function json(value: unknown, status = 200): Reply {
  return (response) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/**
 * An HTTP server that answers each `METHOD /path` with the replies given for it, one after the other, the last one for good.
 * It grants tokens and makes sessions unless told otherwise.
 */
export async function serveScript(script: Record<string, Reply[]>) {
  const requests: SeenRequest[] = [];
  let tokens = 0;
  const replies: Record<string, Reply[]> = {
    "POST /api/auth/anonymous-token": [
      (response, request) =>
        json({ code: 0, data: { token: `nmv_usr_token${(tokens += 1)}`, user_id: "anon_1" } })(response, request),
    ],
    "POST /api/tasks/me/with-session/nemo_agent": [json({ code: 0, data: { session_id: "sid", task_id: "tid" } })],
    ...Object.fromEntries(Object.entries(script).map(([route, list]) => [route, [...list]])),
  };
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const seen = { method, path: url, headers, body: await text(request).catch(() => "") };
    requests.push(seen);
    const list = replies[`${method} ${url}`] ?? [json({ code: 404 }, 404)];
    const reply = list.length > 1 ? list.shift() : list[0];
    reply?.(response, seen);
  }
  const { origin } = await listen(server);
  return { origin, requests, to: (path: string) => requests.filter((request) => request.path === path) };
}

/** The client as the service has it, for a backend at that address. */
export function connect(
  baseUrl: string,
  options: {
    config?: Partial<BackendConfig>;
    clock?: Clock;
    limits?: Partial<BackendLimits>;
    allow?: string[];
    newClientId?: () => string;
  } = {},
) {
  const logged: string[] = [];
  const log = (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`);
  const outbound = createOutboundClient({ allow: options.allow ?? ["127.0.0.0/8"] });
  const identityStore = createMemoryIdentityStore();
  let clientIds = 0;
  const backend = createBackend({
    config: { baseUrl, webUrl: "https://web.example", platform: "unknown", ...options.config },
    identityStore,
    publicGet: (url, get) => outbound.get(url, get),
    newClientId: options.newClientId ?? (() => `client-${(clientIds += 1)}`),
    clock: options.clock ?? systemClock,
    limits: { ...backendLimits, ...options.limits },
    log: { debug: log, warn: log },
  });
  onTestFinished(async () => {
    await Promise.all([backend.close(), outbound.close()]);
  });
  return { backend, identityStore, logged };
}

/** A client with a session, which is what most calls need. */
export async function connectWithSession(script: Record<string, Reply[]>, options: Parameters<typeof connect>[1] = {}) {
  const server = await serveScript(script);
  const client = connect(server.origin, options);
  const { signal } = new AbortController();
  const session: BackendSession = await client.backend.createSession({ skill: "ai-to-video", language: "en", signal });
  return { ...client, server, session, signal };
}
