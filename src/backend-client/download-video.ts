import type { Readable } from "node:stream";
import { JobFailure } from "../domain/failure.ts";
import type { Asker } from "./ask.ts";
import { BackendError } from "./backend-error.ts";
import { deadline, type Clock } from "./clock.ts";
import type { BackendLimits } from "./limits.ts";
import { rejectionIn } from "./rejection.ts";
import { about, type BackendSession } from "./session.ts";
import { readAnswer, type Log, type Transport } from "./transport.ts";

/** Fetches a URL without credentials, following redirects, every address guarded. The body fails when it is over a limit. */
export type PublicGet = (
  url: string,
  options: { maxRedirects: number; maxBytes: number; timeoutMs: number; signal: AbortSignal },
) => Promise<{ status: number; body: Readable }>;

const maxRedirects = 5;

/**
 * Fetches a finished video, from its output URL or, when that does not work, through the backend, and hands it to `save`.
 * `save` may be called a second time, after a body that broke off: it starts over. A `JobFailure` that it throws ends the matter.
 */
export async function downloadVideo<Saved>(
  deps: {
    transport: Transport;
    asker: Asker;
    publicGet: PublicGet;
    clock: Clock;
    limits: BackendLimits;
    log: Log;
  },
  input: {
    session: BackendSession;
    renderId: string;
    /** As the render's status gave it; null goes straight to the backend. */
    outputUrl: string | null;
    save: (body: Readable) => Promise<Saved>;
    signal: AbortSignal;
  },
): Promise<Saved> {
  const { clock, limits, log, publicGet } = deps;
  const { outputUrl, renderId, save, signal } = input;
  const getPublic = async (url: string) => {
    const { status, body } = await publicGet(url, {
      maxRedirects,
      maxBytes: limits.maxVideoBytes,
      timeoutMs: limits.downloadTimeoutMs,
      signal,
    });
    if (status === 200) return body;
    body.destroy();
    throw new DownloadRefused(`HTTP ${status}`);
  };

  if (outputUrl !== null) {
    try {
      return await save(await getPublic(outputUrl));
    } catch (error) {
      if (signal.aborted || error instanceof JobFailure) throw error;
      log.warn(
        { renderId, error: nameOf(error) },
        "The output URL could not be fetched: trying the download through the backend",
      );
    }
  }
  const late = new BackendError(
    "no_answer",
    `The video could not be downloaded within ${Math.round(limits.downloadTimeoutMs / 1000)} s.`,
  );
  const timed = deadline(clock, limits.downloadTimeoutMs, signal, late);
  try {
    const answer = await openThroughBackend(deps, { ...input, signal: timed.signal });
    return await save("location" in answer ? await getPublic(answer.location) : answer.body);
  } catch (error) {
    if (signal.aborted || error instanceof JobFailure) throw error;
    throw new BackendError("no_answer", `The video could not be downloaded (${nameOf(error)}).`, {
      cause: error,
    });
  } finally {
    timed.clear();
  }
}

async function openThroughBackend(
  { transport, asker, limits }: { transport: Transport; asker: Asker; limits: BackendLimits },
  { session, renderId, signal }: { session: BackendSession; renderId: string; signal: AbortSignal },
): Promise<{ location: string } | { body: Readable }> {
  const { skill, userId, identityId } = about(session);
  const path = `/api/render/proxy/${encodeURIComponent(renderId)}/download`;
  const { result } = await asker.attempt({ identityId, signal }, async (identity) => {
    const answer = await transport.open({
      endpoint: "download",
      method: "GET",
      path,
      skill,
      token: identity.token,
      signal,
    });
    const isEnvelope = /^application\/json\b/i.test(String(answer.headers["content-type"]));
    if (answer.status === 200 && !isEnvelope) return { body: answer.body };
    const text = new TextDecoder().decode(await readAnswer(answer, limits.maxAnswerBytes, signal));
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers.location : undefined;
    if (typeof location === "string") return { location: transport.resolve(location, path) };
    const caller = asker.callerOf(identity, { skill, userId });
    throw (
      rejectionIn({
        endpoint: "download",
        status: answer.status,
        text,
        caller,
        token: identity.token,
      }) ?? new BackendError("protocol", `The download was answered with HTTP ${answer.status}.`)
    );
  });
  return result;
}

/** Of what `save` and the guarded client throw, messages may hold addresses; the names tell enough. */
function nameOf(error: unknown): string {
  if (error instanceof DownloadRefused) return error.message;
  return error instanceof Error ? error.name : "unknown error";
}

class DownloadRefused extends Error {
  override readonly name = "DownloadRefused";
}
