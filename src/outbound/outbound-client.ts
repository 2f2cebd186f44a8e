import { lookup as systemLookup } from "node:dns";
import type { IncomingHttpHeaders } from "node:http";
import type { LookupFunction } from "node:net";
import type { Readable } from "node:stream";
import { Agent, buildConnector, type Dispatcher } from "undici";
import { createAddressGuard } from "./address-guard.ts";
import { orAborted, startDeadline } from "./deadline.ts";
import { guardConnector, guardLookup } from "./guarded-connector.ts";
import { OutboundError } from "./outbound-error.ts";
import { discard, limitBody, readStart } from "./response-body.ts";
import { toOutboundError } from "./transport-errors.ts";

/** Beside the limits that each call sets. `idleTimeoutMs` bounds the wait for headers and between two pieces of a body. */
export type OutboundLimits = {
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxConnectionsPerOrigin: number;
};

const defaultLimits: OutboundLimits = {
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  maxConnectionsPerOrigin: 16,
};

type Call = {
  readonly timeoutMs: number;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
};
export type PostOptions = Call & {
  readonly body: string | Uint8Array;
  readonly maxResponseBytes: number;
};
export type GetOptions = Call & { readonly maxRedirects: number; readonly maxBytes: number };

/** `complete` is false when the body was cut off: by the limit, the deadline or the other side. The status counts all the same. */
export type PostAnswer = {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  complete: boolean;
};

/** `url` is where the redirects led. The body fails with an `OutboundError`; who does not read it to the end destroys it. */
export type Download = {
  status: number;
  headers: IncomingHttpHeaders;
  url: string;
  body: Readable;
};

export type OutboundClient = {
  /** One POST, redirects not followed. Throws `OutboundError`. */
  post: (url: string, options: PostOptions) => Promise<PostAnswer>;
  /** A GET that follows redirects, each checked anew. `headers` stay with the first origin. Throws `OutboundError`. */
  get: (url: string, options: GetOptions) => Promise<Download>;
  /** For checking a URL when it is given, long before it is used. Throws `OutboundError` (`bad_url`, `address_forbidden`). */
  checkUrl: (url: string) => URL;
  /** Ends all connections, and with them what is still under way. */
  close: () => Promise<void>;
};

/** HTTP to addresses that users give. `allow`: see `createAddressGuard`. */
export function createOutboundClient(deps: {
  allow: readonly string[];
  limits?: Partial<OutboundLimits>;
  lookup?: LookupFunction;
}): OutboundClient {
  const limits = { ...defaultLimits, ...deps.limits };
  const guard = createAddressGuard(deps.allow);
  const lookup = guardLookup(guard, deps.lookup ?? systemLookup);
  const agent = new Agent({
    connect: guardConnector(guard, buildConnector({ allowH2: false, timeout: limits.connectTimeoutMs, lookup })),
    allowH2: false,
    connections: limits.maxConnectionsPerOrigin,
    headersTimeout: limits.idleTimeoutMs,
    bodyTimeout: limits.idleTimeoutMs,
  });

  function send(
    url: URL,
    signal: AbortSignal,
    options: Pick<Dispatcher.RequestOptions, "method" | "headers" | "body">,
  ) {
    const path = url.pathname + url.search;
    return orAborted(signal, agent.request({ ...options, origin: url.origin, path, signal }));
  }

  async function post(
    url: string,
    { headers = {}, body, timeoutMs, maxResponseBytes, signal }: PostOptions,
  ): Promise<PostAnswer> {
    const target = guard.checkUrl(url);
    const deadline = startDeadline(timeoutMs, signal);
    try {
      const response = await send(target, deadline.signal, { method: "POST", headers, body });
      const answer = await readStart(response.body, maxResponseBytes);
      signal?.throwIfAborted();
      return { status: response.statusCode, headers: response.headers, ...answer };
    } catch (error) {
      throw toOutboundError(signal?.aborted ? deadline.signal.reason : error);
    } finally {
      deadline.end();
    }
  }

  async function follow(url: URL, headers: Record<string, string>, redirectsLeft: number, signal: AbortSignal) {
    const response = await send(url, signal, { method: "GET", headers });
    const target = redirectTarget(response, url);
    if (target === null) return { response, url };
    discard(response.body);
    if (redirectsLeft === 0) {
      throw new OutboundError("too_many_redirects", `${url.host} redirects once too often.`);
    }
    const next = guard.checkUrl(target);
    return follow(next, next.origin === url.origin ? headers : {}, redirectsLeft - 1, signal);
  }

  async function get(
    url: string,
    { headers = {}, maxRedirects, maxBytes, timeoutMs, signal }: GetOptions,
  ): Promise<Download> {
    const start = guard.checkUrl(url);
    const deadline = startDeadline(timeoutMs, signal);
    try {
      const { response, url: end } = await follow(start, headers, maxRedirects, deadline.signal);
      const body = limitBody(response.body, Number(response.headers["content-length"]), maxBytes, deadline);
      return { status: response.statusCode, headers: response.headers, url: end.href, body };
    } catch (error) {
      deadline.end();
      throw toOutboundError(error);
    }
  }

  return { post, get, checkUrl: guard.checkUrl, close: () => agent.destroy() };
}

function redirectTarget({ statusCode, headers }: Dispatcher.ResponseData, from: URL): string | null {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(statusCode) || typeof location !== "string") return null;
  return URL.parse(location, from.href)?.href ?? location;
}
