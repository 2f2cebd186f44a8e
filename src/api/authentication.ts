import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { JobFailure } from "../domain/failure.ts";
import { noteFact } from "./request-log.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose API key the request carries; empty on routes that need none. */
    tenant: string;
  }
}

export type ApiKey = { key: string; tenant: string };

/** API keys as the API asks for them. Only hashes are kept, and every one is compared, so that timing tells nothing. */
export function createApiKeys(apiKeys: readonly ApiKey[]): {
  tenantOf: (apiKey: string) => string | null;
} {
  const known = apiKeys.map(({ key, tenant }) => ({ hash: hashOf(key), tenant }));
  return {
    tenantOf(apiKey) {
      const hash = hashOf(apiKey);
      let found: string | null = null;
      for (const candidate of known) {
        if (timingSafeEqual(candidate.hash, hash)) found = candidate.tenant;
      }
      return found;
    },
  };
}

function hashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** Lets only requests with a known API key reach the routes of `app`, before their body is read. */
export function requireApiKey(app: FastifyInstance, tenantOf: (apiKey: string) => string | null): void {
  app.addHook("onRequest", async (request) => {
    const apiKey = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (apiKey === undefined) throw new JobFailure("unauthorized", "There is no API key.");
    const tenant = tenantOf(apiKey);
    if (tenant === null) throw new JobFailure("unauthorized", "The API key is not known.");
    request.tenant = tenant;
    noteFact(request, { tenant });
  });
}
