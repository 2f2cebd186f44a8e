import { z } from "zod";
import type { SkillName } from "../domain/skill.ts";
import { dataIn } from "./answer-data.ts";
import { BackendError } from "./backend-error.ts";
import { sleep, type Clock } from "./clock.ts";
import type { BackendLimits } from "./limits.ts";
import { rejectionIn } from "./rejection.ts";
import type { Transport } from "./transport.ts";

export type GrantedToken = { token: string; userId: string | null; expiresAtMs: number | null };

/** Seconds and milliseconds since 1970 are told apart by size: in seconds, this many would be the year 5138. */
const firstMillisecondTimestamp = 1e11;

const expirySchema = z
  .union([
    z.number().transform((time) => (time < firstMillisecondTimestamp ? time * 1000 : time)),
    z.iso
      .datetime({ offset: true, local: true })
      .transform((time) => Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`)),
  ])
  .nullish()
  .catch(null);

const grantedSchema = z.object({
  // What may stand in a header: anything else would fail later, in the middle of a job.
  token: z.string().regex(/^[\x21-\x7e]+$/),
  user_id: z.string().min(1).nullish(),
  expires_at: expirySchema,
});

/** Asks for an anonymous token. After 429 it waits and asks once more; a second 429 is thrown as `rate_limited`. */
export function createTokenRequest(deps: {
  transport: Transport;
  clock: Clock;
  limits: BackendLimits;
  skill: SkillName;
  webUrl: string;
}) {
  const { transport, clock, limits, skill, webUrl } = deps;

  async function once(clientId: string, signal: AbortSignal): Promise<GrantedToken> {
    const { status, bytes } = await transport.call({
      endpoint: "token",
      method: "POST",
      path: "/api/auth/anonymous-token",
      skill,
      token: null,
      headers: { "X-Client-Id": clientId },
      signal,
    });
    const text = new TextDecoder().decode(bytes);
    const rejection = rejectionIn({
      endpoint: "token",
      status,
      text,
      caller: { skill, kind: "anonymous", userId: null, webUrl },
      token: null,
    });
    if (rejection !== null) throw rejection;
    const granted = dataIn(text, "token", grantedSchema);
    return {
      token: granted.token,
      userId: granted.user_id ?? null,
      expiresAtMs: granted.expires_at ?? null,
    };
  }

  return async (clientId: string, signal: AbortSignal): Promise<GrantedToken> => {
    try {
      return await once(clientId, signal);
    } catch (error) {
      if (!(error instanceof BackendError) || error.reason !== "rate_limited") throw error;
      await sleep(clock, limits.rateLimitWaitMs, signal);
      return await once(clientId, signal);
    }
  };
}
