import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import type { Logger } from "pino";
import type { BackendReader } from "./api/dependencies.ts";
import { platformOf } from "./backend-client/attribution.ts";
import { createBackend, type Backend } from "./backend-client/backend.ts";
import { systemClock } from "./backend-client/clock.ts";
import type { IdentityStore } from "./backend-client/identity.ts";
import { backendLimits, type BackendLimits } from "./backend-client/limits.ts";
import type { Config } from "./config.ts";
import type { OutboundClient } from "./outbound/outbound-client.ts";

export type BackendParts = { config: Config; identityStore: IdentityStore; outbound: OutboundClient; log: Logger };

/** The backend as the configuration says, with the account that all processes share. Nothing is asked of it yet. */
export function connectBackend(
  { config, identityStore, outbound, log }: BackendParts,
  limits: Partial<BackendLimits> = {},
): Backend {
  const platform = platformOf({ setting: config.SKILL_SOURCE, installPath: import.meta.dirname, homeDir: homedir() });
  return createBackend({
    config: {
      baseUrl: config.NEMO_API_URL,
      webUrl: config.NEMO_WEB_URL,
      token: config.NEMO_TOKEN,
      clientId: config.NEMO_CLIENT_ID,
      platform,
    },
    identityStore,
    publicGet: outbound.get,
    newClientId: randomUUID,
    clock: systemClock,
    limits: { ...backendLimits, rateLimitWaitMs: config.RETRY_MS, ...limits },
    log,
  });
}

/** What the API may ask the backend. */
export function readerOf(backend: Backend): BackendReader {
  return {
    credits: async (account, signal) => await backend.readCredits({ ...account, signal }),
    session: async (session, signal) => await backend.readState({ session, signal }),
    claim: async ({ taskId, ...session }, signal) => await backend.claimProject({ session, taskId, signal }),
  };
}
