import { z } from "zod";
import { onTestFinished } from "vitest";
import { readConfig } from "../../src/local-backend/config.ts";
import type { LocalBackendConfig, Settings } from "../../src/local-backend/config.ts";
import { startLocalBackend } from "../../src/local-backend/server.ts";
import { tempFolder } from "./temp-folder.ts";

export const TOKEN = "configured-token-of-the-tests";

/** A script that gives two short scenes at a size that renders fast. */
export const SCRIPT =
  "Make a 4 second video. Resolution 160x90.\n\nCity lights never sleep. Every window tells a story.";

export const attribution = {
  "x-skill-source": "ai-to-video",
  "x-skill-version": "1.0.0",
  "x-skill-platform": "unknown",
};

const looseObject = z.record(z.string(), z.unknown());

export type Answer = { status: number; text: string; headers: Headers; json: Record<string, unknown> };

type Call = { token?: string | null; headers?: Record<string, string>; body?: unknown };

type Overrides = Partial<Omit<LocalBackendConfig, "settings">> & { settings?: Partial<Settings> };

export type TestBackend = Awaited<ReturnType<typeof startBackend>>;

/** A local backend for the running test, fast and in a folder of its own; stopped after it. */
export async function startBackend(overrides: Overrides = {}) {
  const defaults = readConfig({ LOCAL_BACKEND_TOKEN: TOKEN, LOCAL_BACKEND_SEED: "tests", LOCAL_BACKEND_SPEED: "5000" });
  const dataDir = overrides.dataDir ?? (await tempFolder());
  const settings = { ...defaults.settings, silentShare: 0, ...overrides.settings };
  const backend = await startLocalBackend({ ...defaults, port: 0, ...overrides, dataDir, settings });
  onTestFinished(backend.close);
  return { ...backend, ...clientOf(backend.url), dataDir };
}

/** Calls of the protocol and of the control surface, as the tests make them. */
export function clientOf(url: string) {
  const call = async (
    method: string,
    path: string,
    { token = TOKEN, headers = {}, body }: Call = {},
  ): Promise<Answer> => {
    const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const type: Record<string, string> =
      body === undefined || body instanceof FormData ? {} : { "content-type": "application/json" };
    const sent =
      body === undefined
        ? {}
        : { body: body instanceof FormData || typeof body === "string" ? body : JSON.stringify(body) };
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { ...attribution, ...authorization, ...type, ...headers },
      redirect: "manual",
      ...sent,
    });
    const text = await answer.text();
    return { status: answer.status, text, headers: answer.headers, json: objectIn(text) };
  };
  const newSession = async (token: string = TOKEN) => {
    const { json } = await call("POST", "/api/tasks/me/with-session/nemo_agent", {
      token,
      body: { task_name: "project", language: "en" },
    });
    return z.object({ session_id: z.string(), task_id: z.string() }).parse(json["data"]);
  };
  const openMessage = (sessionId: string, text: string, token: string = TOKEN) =>
    fetch(new URL("/run_sse", url), {
      method: "POST",
      headers: {
        ...attribution,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "text/event-stream",
      },
      body: JSON.stringify({
        app_name: "nemo_agent",
        user_id: "me",
        session_id: sessionId,
        new_message: { parts: [{ text }] },
      }),
    });
  const ledger = async (type?: string) => {
    const { json } = await call("GET", `/__local/ledger${type === undefined ? "" : `?type=${type}`}`);
    return z.array(looseObject).parse(json["entries"]);
  };
  return {
    call,
    newSession,
    openMessage,
    ledger,
    say: async (sessionId: string, text: string, token?: string) =>
      parseStream(await (await openMessage(sessionId, text, token)).text()),
    stateOf: async (sessionId: string) => {
      const { text, json } = await call("GET", `/api/state/nemo_agent/me/${sessionId}/latest`);
      return {
        text,
        draft: /"draft":(.*),"video_infos"/s.exec(text)?.[1] ?? "",
        data: looseObject.parse(json["data"]),
      };
    },
    creditsOf: async (token?: string) =>
      z
        .object({ available: z.number(), frozen: z.number(), total: z.number() })
        .parse((await call("GET", "/api/credits/balance/simple", token === undefined ? {} : { token })).json["data"]),
    fault: (fault: Record<string, unknown>) => call("POST", "/__local/faults", { body: fault }),
    settings: (change: Record<string, unknown>) => call("POST", "/__local/settings", { body: change }),
    /** Waits until the ledger has an entry like this; the test's own timeout bounds it. */
    until: async (type: string, fields: Record<string, unknown>): Promise<Record<string, unknown>> => {
      for (;;) {
        const found = (await ledger(type)).find((entry) =>
          Object.entries(fields).every(([name, value]) => entry[name] === value),
        );
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    submitRender: (id: string, sessionId: string, draft: string, call_: Call = {}) =>
      call("POST", "/api/render/proxy/lambda", {
        ...call_,
        body: `{"id":"${id}","sessionId":"${sessionId}","draft":${draft},"output":{"format":"mp4","quality":"high"}}`,
      }),
  };
}

export type ParsedStream = { events: Record<string, unknown>[]; raw: string; text: string };

/** The events of a stream, and the text that they add up to when pieces count and their repetitions do not. */
export function parseStream(raw: string): ParsedStream {
  const events = raw
    .split("\n\n")
    .map((frame) => objectIn(/^data: ?(.*)$/m.exec(frame)?.[1] ?? ""))
    .filter((event) => Object.keys(event).length > 0);
  return { events, raw, text: events.map(pieceIn).join("") };
}

const pieceSchema = z.union([
  z
    .object({
      partial: z.literal(true),
      content: z.object({ parts: z.array(z.object({ text: z.string(), thought: z.boolean().optional() })) }),
    })
    .transform(({ content }) => content.parts.map((part) => (part.thought === true ? "" : part.text)).join("")),
  z.object({ type: z.literal("text"), content: z.string() }).transform(({ content }) => content),
]);

function pieceIn(event: Record<string, unknown>): string {
  return pieceSchema.safeParse(event).data ?? "";
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return looseObject.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}
