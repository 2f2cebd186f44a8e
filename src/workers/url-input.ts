import { JobFailure } from "../domain/failure.ts";
import type { OutboundClient } from "../outbound/outbound-client.ts";
import { OutboundError } from "../outbound/outbound-error.ts";
import { readUrlContent, tooLarge, type UrlContent } from "./url-content.ts";

const maxRedirects = 5;
/** For each try, until the last byte. */
const timeoutMs = 120_000;
/** The pauses before a URL that failed in passing is tried again; after the last, it has failed. */
const pausesMs = [1_000, 5_000];

const headers = { "user-agent": "Reelay", accept: "*/*", "accept-encoding": "identity" };

export type UrlInputDeps = {
  get: OutboundClient["get"];
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** `label`: what the address is called in errors. */
type Look = { url: string; label: string; path: string; maxBytes: number; signal: AbortSignal };

/** A failure that may have passed the next time. */
class PassingFailure extends Error {
  override readonly name = "PassingFailure";
  readonly failure: JobFailure;

  constructor(failure: JobFailure) {
    super(failure.message, { cause: failure.cause });
    this.failure = failure;
  }
}

/**
 * Looks at what is at an address that a user gave, and writes it to `path` where it has to be converted. Throws `JobFailure`:
 * `url_forbidden`, `url_unreachable`, `file_type_not_supported`, `file_too_large`. They name the host and no more of the URL, since
 * its path and query may be all that it takes to fetch it.
 */
export async function lookAtUrl(
  deps: UrlInputDeps,
  look: Look,
  pauses: readonly number[] = pausesMs,
): Promise<UrlContent> {
  try {
    return await lookOnce(deps.get, look);
  } catch (error) {
    look.signal.throwIfAborted();
    if (!(error instanceof PassingFailure)) throw error;
    const [pauseMs, ...later] = pauses;
    if (pauseMs === undefined) throw error.failure;
    await deps.sleep(pauseMs, look.signal);
    return await lookAtUrl(deps, look, later);
  }
}

async function lookOnce(get: OutboundClient["get"], { url, label, path, maxBytes, signal }: Look): Promise<UrlContent> {
  try {
    const download = await get(url, { headers, maxRedirects, timeoutMs, maxBytes, signal });
    if (download.status === 200) return await readUrlContent(download, { label, path, maxBytes });
    download.body.on("error", () => {}).destroy();
    throw statusFailure(label, download.status);
  } catch (error) {
    throw failureOf(error, label, maxBytes);
  }
}

function statusFailure(label: string, status: number): Error {
  const failure = unreachable(label, `it answered with HTTP ${status}.`);
  const isPassing = status >= 500 || status === 408 || status === 429;
  return isPassing ? new PassingFailure(failure) : failure;
}

function failureOf(error: unknown, label: string, maxBytes: number): unknown {
  if (isCompressionError(error)) return unreachable(label, "what it sent cannot be decompressed.", error);
  if (!(error instanceof OutboundError)) return error;
  switch (error.kind) {
    case "bad_url":
    case "address_forbidden":
      return new JobFailure("url_forbidden", `${label} leads to an address that cannot be used: ${error.message}`, {
        cause: error,
      });
    case "too_large":
      return tooLarge(label, maxBytes);
    case "dns":
    case "connect":
    case "timeout":
    case "reset":
      return new PassingFailure(unreachable(label, error.message, error));
    case "tls":
    case "bad_response":
    case "too_many_redirects":
    case "aborted":
      return unreachable(label, error.message, error);
  }
}

function unreachable(label: string, reason: string, cause?: unknown): JobFailure {
  return new JobFailure("url_unreachable", `${label}: ${reason}`, { cause });
}

/** The decoders' errors have codes such as `Z_DATA_ERROR` and `ERR_…PADDING…`, and are about what was sent. */
function isCompressionError(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^(?:Z_|ERR__ERROR_)/.test(error.code)
  );
}
