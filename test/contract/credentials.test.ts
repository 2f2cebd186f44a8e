import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { expectCredentialsAtOriginOnly, expectNoCredentials } from "../support/credentials.ts";
import { SCRIPT, startBackend } from "../support/local-backend.ts";
import { connect, serveScript } from "../support/scripted-backend.ts";
import { tempFolder } from "../support/temp-folder.ts";

const { signal } = new AbortController();
const skill = "ai-to-video";
const output = { format: "mp4", quality: "high" };
const renderId = "render_credentials";

/** The client with an anonymous account and a session, the backend, and an origin that is not the backend's. */
async function start(dialect: "first" | "last") {
  const local = await startBackend({ settings: { dialect } });
  const elsewhere = await serveScript({
    "GET /video": [(response) => response.end("video")],
    "GET /back": [(response) => response.writeHead(302, { location: `${local.url}/api/credits/balance/simple` }).end()],
  });
  const { backend } = connect(local.url, { limits: { rateLimitWaitMs: 1 }, newClientId: () => crypto.randomUUID() });
  const session = await backend.createSession({ skill, language: "en", signal });
  return { local, elsewhere, backend, session };
}

/** Each call of the client, by the backend's name for it. */
function callsOf({ backend, session }: Awaited<ReturnType<typeof start>>, draftText: string, path: string) {
  const files = [{ path, filename: "dot.gif", mime: "image/gif" }];
  const download = { session, renderId, outputUrl: null, save: buffer, signal };
  return {
    session: () => backend.createSession({ skill, language: "en", signal }),
    message: () =>
      backend.sendMessage({
        session,
        text: "How are you?",
        onEvent: () => undefined,
        beforeSend: async () => {},
        signal,
      }),
    upload: () => backend.uploadFiles({ session, files, signal }),
    credits: () => backend.readCredits({ identityId: null, skill, signal }),
    state: () => backend.readState({ session, signal }),
    render_submit: () => backend.submitRender({ session, renderId, draftText, output, signal }),
    render_status: () => backend.renderStatus({ session, renderId, signal }),
    cancel: () => backend.cancelRender({ session, renderId, signal }),
    claim: () => backend.claimProject({ session, taskId: session.taskId, signal }),
    download: () => backend.downloadVideo(download),
  };
}

it.each(["first", "last"] as const)(
  "credentials and attribution go on every call to the backend, and nowhere else (dialect %s)",
  async (dialect) => {
    const started = await start(dialect);
    const { local, elsewhere, backend, session } = started;
    await backend.sendMessage({ session, text: SCRIPT, onEvent: () => undefined, beforeSend: async () => {}, signal });
    const path = join(await tempFolder(), "dot.gif");
    await writeFile(path, Buffer.from("R0lGODlhAQABAAAAACwAAAAAAQABAAA=", "base64"));
    const draftText = (await backend.readState({ session, signal })).draftText ?? "";
    const calls = callsOf(started, draftText, path);

    // Each call once as it is, and once where the backend sends it elsewhere.
    for (const [endpoint, call] of Object.entries(calls)) {
      if (endpoint === "download") continue;
      await call();
      const seen = elsewhere.requests.length;
      await local.fault({ endpoint, status: 307, headers: { location: `${elsewhere.origin}/${endpoint}` } });
      await call().catch(() => undefined);
      expect(elsewhere.requests.length, endpoint).toBe(seen);
    }

    // The download is sent elsewhere, and does go there; the output URL is elsewhere, and leads back to the backend.
    await local.fault({ endpoint: "download", status: 302, headers: { location: `${elsewhere.origin}/video` } });
    expect(String(await calls.download())).toBe("video");
    const outputUrl = `${elsewhere.origin}/back`;
    await local.fault({ endpoint: "download", status: 503 });
    await backend.downloadVideo({ session, renderId, outputUrl, save: buffer, signal }).catch(() => undefined);
    expect(elsewhere.requests.map((request) => request.path)).toEqual(["/video", "/back"]);
    for (const { headers } of elsewhere.requests) expectNoCredentials(headers);

    const requests = (await local.ledger("request")).filter(({ endpoint }) => endpoint !== null);
    const [ledBack, ...more] = requests.filter(({ endpoint, token }) => endpoint === "credits" && token === null);
    expect(more).toEqual([]);
    expectNoCredentials(ledBack?.["headers"]);
    const calledByUs = requests.filter((request) => request !== ledBack);
    expect(new Set(calledByUs.map(({ endpoint }) => endpoint))).toEqual(new Set([...Object.keys(calls), "token"]));
    expectCredentialsAtOriginOnly(calledByUs);
  },
);
