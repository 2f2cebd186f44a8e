import type { FormData } from "undici";
import type { SkillName } from "../domain/skill.ts";
import { BackendError } from "./backend-error.ts";
import { sleep, type Clock } from "./clock.ts";
import type { Identities, Identity } from "./identity.ts";
import type { BackendLimits } from "./limits.ts";
import { rejectionIn, type Caller } from "./rejection.ts";
import type { Endpoint, Transport } from "./transport.ts";

export type Question = {
  endpoint: Endpoint;
  method: "GET" | "POST";
  path: string;
  skill: SkillName;
  /** The identity to ask with, or null for the current one. */
  identityId: string | null;
  /** The backend's name for the user, where a session is known to have one. */
  userId: string | null;
  body?: string | FormData;
  timeoutMs?: number;
  signal: AbortSignal;
};

export type Asker = ReturnType<typeof createAsker>;

/** Calls made with an identity, with the two repeats that the protocol asks for. */
export function createAsker(deps: {
  transport: Transport;
  identities: Identities;
  clock: Clock;
  limits: BackendLimits;
  webUrl: string;
}) {
  const { transport, identities, clock, limits, webUrl } = deps;

  /** Who is calling, for advice: the session's user if known, else the account's. */
  function callerOf(identity: Identity, about: { skill: SkillName; userId: string | null }): Caller {
    return {
      skill: about.skill,
      kind: identity.kind,
      userId: about.userId ?? identity.userId,
      webUrl,
    };
  }

  /**
   * Makes an attempt, and one more after each of two rejections that mean 'not run': after 1001 with a renewed token, after 429
   * when the pause is over. Nothing else is repeated.
   */
  async function attempt<Result>(
    start: { identityId: string | null; signal: AbortSignal },
    once: (identity: Identity) => Promise<Result>,
  ): Promise<{ result: Result; identity: Identity }> {
    const { identityId, signal } = start;
    let identity = identityId === null ? await identities.current(signal) : await identities.byId(identityId);
    let hasRenewed = false;
    let waits = 0;
    for (;;) {
      try {
        return { result: await once(identity), identity };
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        if (error.reason === "token_rejected" && !hasRenewed) {
          hasRenewed = true;
          identity = await identities.renew(identity, signal, error);
        } else if (error.reason === "rate_limited" && waits < limits.rateLimitRepeats) {
          waits += 1;
          await sleep(clock, limits.rateLimitWaitMs, signal);
        } else {
          throw error;
        }
      }
    }
  }

  /** A whole call; throws a `BackendError` when the answer is one. */
  async function ask(question: Question): Promise<{ bytes: Uint8Array; text: string; identity: Identity }> {
    const { result, identity } = await attempt(question, async (as) => {
      const { status, bytes } = await transport.call({ ...question, token: as.token });
      const text = new TextDecoder().decode(bytes);
      const caller = callerOf(as, question);
      const rejection = rejectionIn({
        endpoint: question.endpoint,
        status,
        text,
        caller,
        token: as.token,
      });
      if (rejection !== null) throw rejection;
      return { bytes, text };
    });
    return { ...result, identity };
  }

  return { ask, attempt, callerOf };
}
