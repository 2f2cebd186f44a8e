import type { Readable } from "node:stream";
import type { Dispatcher, FormData } from "undici";
import type { SkillName } from "../domain/skill.ts";
import { ConnectFailed, type Agents } from "./agents.ts";
import type { Attribution } from "./attribution.ts";
import { BackendError } from "./backend-error.ts";
import { deadline, type Clock } from "./clock.ts";
import type { BackendLimits } from "./limits.ts";

/** The rows of the protocol's table of endpoints. */
export type Endpoint =
  | "token"
  | "session"
  | "message"
  | "upload"
  | "credits"
  | "state"
  | "render_submit"
  | "render_status"
  | "render_cancel"
  | "download"
  | "claim";

export type Log = {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};

export type BackendRequest = {
  endpoint: Endpoint;
  method: "GET" | "POST";
  /** Below the base URL. */
  path: string;
  skill: SkillName;
  /** Null only for the call that asks for one. */
  token: string | null;
  headers?: Record<string, string>;
  /** A string is JSON. */
  body?: string | FormData;
  signal: AbortSignal;
};

export type OpenAnswer = {
  status: number;
  headers: Dispatcher.ResponseData["headers"];
  body: Readable;
};
export type Answer = { status: number; bytes: Uint8Array };

export type Transport = ReturnType<typeof createTransport>;

/**
 * HTTP to the base URL's origin and nowhere else: credentials and attribution go on every request, so none may leave it.
 * It repeats nothing and follows no redirect. Failures are `BackendError`s; when the caller's signal aborts, its reason is thrown.
 */
export function createTransport(deps: {
  baseUrl: string;
  agents: Agents;
  attribution: (skill: SkillName) => Attribution;
  clock: Clock;
  limits: BackendLimits;
  log: Log;
}) {
  const { agents, attribution, clock, limits, log } = deps;
  const base = new URL(deps.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, "");

  /** Resolves when the headers are there; the body is the caller's to read or destroy. Has no time limit but the signal. */
  async function open(request: BackendRequest): Promise<OpenAnswer> {
    const { endpoint, method, path, skill, token, headers, body, signal } = request;
    const agent = endpoint === "message" ? agents.messages : agents.calls;
    try {
      const answer = await agent.request({
        origin: base.origin,
        path: prefix + path,
        method,
        headers: {
          ...attribution(skill),
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
          ...(typeof body === "string" ? { "Content-Type": "application/json" } : {}),
          ...headers,
        },
        body: body ?? null,
        signal,
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (error) {
      throw troubleOf(error, signal);
    }
  }

  /** A whole call within `timeoutMs`, its answer read into memory up to the limit. */
  async function call(request: BackendRequest & { timeoutMs?: number }): Promise<Answer> {
    const { timeoutMs = limits.callTimeoutMs, ...rest } = request;
    const late = new BackendError(
      "no_answer",
      `The backend gave no complete answer within ${Math.round(timeoutMs / 1000)} s.`,
    );
    const timed = deadline(clock, timeoutMs, request.signal, late);
    const startedAtMs = clock.nowMs();
    let status: number | null = null;
    try {
      const answer = await open({ ...rest, signal: timed.signal });
      status = answer.status;
      return { status, bytes: await readAnswer(answer, limits.maxAnswerBytes, request.signal) };
    } finally {
      timed.clear();
      log.debug(
        {
          endpoint: request.endpoint,
          skill: request.skill,
          status,
          durationMs: clock.nowMs() - startedAtMs,
        },
        "backend call",
      );
    }
  }

  /** The target of a redirect, which is relative to the request's URL. Throws on what is no URL. */
  function resolve(location: string, path: string): string {
    return new URL(location, base.origin + prefix + path).href;
  }

  return { open, call, resolve };
}

/** Reads a body up to a limit. An error status stands for itself, so the loss of its body does not matter. */
export async function readAnswer(answer: OpenAnswer, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > maxBytes) throw new BackendError("protocol", `The backend's answer is larger than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (signal.aborted || answer.status < 400) throw troubleOf(error, signal);
  }
  return Buffer.concat(chunks);
}

/** What became of a request that ended in an error of undici, of the socket, or of our own making. */
function troubleOf(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof BackendError) return error;
  if (signal.aborted) return signal.reason;
  if (error instanceof ConnectFailed) {
    return new BackendError("not_sent", `The backend could not be reached (${codeOf(error.cause)}).`, { cause: error });
  }
  return new BackendError("no_answer", `The connection to the backend broke (${codeOf(error)}).`, {
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no code";
}
