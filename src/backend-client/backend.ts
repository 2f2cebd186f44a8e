import type { Readable } from "node:stream";
import { defaultSkill, type SkillName } from "../domain/skill.ts";
import { createAgents } from "./agents.ts";
import { createAsker } from "./ask.ts";
import { attributionOf } from "./attribution.ts";
import type { Clock } from "./clock.ts";
import { readCredits } from "./credits.ts";
import { downloadVideo, type PublicGet } from "./download-video.ts";
import { createIdentities, type IdentityStore } from "./identity.ts";
import type { BackendLimits } from "./limits.ts";
import type { MessageInput } from "./message.ts";
import { cancelRender, readRenderStatus, submitRender, type RenderOutput } from "./render.ts";
import { sendMessage } from "./send-message.ts";
import { claimProject, createSession, type BackendSession } from "./session.ts";
import { readState } from "./state.ts";
import { createTokenRequest } from "./token-request.ts";
import { createTransport, type Log } from "./transport.ts";
import { uploadFiles, uploadUrls } from "./upload.ts";

export type BackendConfig = {
  baseUrl: string;
  webUrl: string;
  /** Used as it is; without one, an anonymous account is made. */
  token?: string | undefined;
  clientId?: string | undefined;
  /** What `X-Skill-Platform` says. */
  platform: string;
};

export type Backend = ReturnType<typeof createBackend>;

type About = { session: BackendSession; signal: AbortSignal };

/**
 * The remote backend, one function per endpoint. Every call takes a signal, and throws its reason when it aborts; all else that
 * goes wrong is a `JobFailure`, mostly a `BackendError` that says more. No POST is repeated, except after an answer that means
 * that it did not run.
 */
export function createBackend(deps: {
  config: BackendConfig;
  identityStore: IdentityStore;
  publicGet: PublicGet;
  newClientId: () => string;
  clock: Clock;
  limits: BackendLimits;
  log: Log;
}) {
  const { config, identityStore: store, publicGet, newClientId, clock, limits, log } = deps;
  const { baseUrl, webUrl, platform } = config;
  const agents = createAgents(limits);
  const attribution = (skill: SkillName) => attributionOf(skill, platform);
  const transport = createTransport({ baseUrl, agents, attribution, clock, limits, log });
  const requestToken = createTokenRequest({
    transport,
    clock,
    limits,
    skill: defaultSkill,
    webUrl,
  });
  const identities = createIdentities({
    config,
    store,
    requestToken,
    clock,
    limits,
    newClientId,
    log,
  });
  const asker = createAsker({ transport, identities, clock, limits, webUrl });
  const timeoutMs = limits.uploadTimeoutMs;

  return {
    /** The identity that new sessions are made with. */
    currentAccount: async (signal: AbortSignal): Promise<string> => (await identities.current(signal)).id,
    createSession: (input: { skill: SkillName; language: string; signal: AbortSignal }) => createSession(asker, input),
    sendMessage: (input: MessageInput) => sendMessage({ transport, asker, clock, limits, log }, input),
    uploadFiles: (input: About & { files: readonly { path: string; filename: string; mime: string }[] }) =>
      uploadFiles(asker, { ...input, timeoutMs }),
    uploadUrls: (input: About & { urls: readonly string[] }) => uploadUrls(asker, { ...input, timeoutMs }),
    readCredits: (input: { identityId: string | null; skill: SkillName; signal: AbortSignal }) =>
      readCredits(asker, input),
    readState: (input: About) => readState(asker, input),
    submitRender: (input: About & { renderId: string; draftText: string; output: RenderOutput }) =>
      submitRender(asker, input),
    renderStatus: (input: About & { renderId: string }) => readRenderStatus(asker, log, input),
    cancelRender: (input: About & { renderId: string }) => cancelRender(asker, input),
    downloadVideo: <Saved>(
      input: About & {
        renderId: string;
        outputUrl: string | null;
        save: (body: Readable) => Promise<Saved>;
      },
    ) => downloadVideo({ transport, asker, publicGet, clock, limits, log }, input),
    claimProject: (input: About & { taskId: string | null }) => claimProject(asker, { ...input, webUrl }),
    /** Ends all connections, those in use too. */
    close: () => agents.close(),
  };
}
