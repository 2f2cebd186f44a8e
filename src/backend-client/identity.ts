import { createHash } from "node:crypto";
import { JobFailure } from "../domain/failure.ts";
import { BackendError } from "./backend-error.ts";
import type { Clock } from "./clock.ts";
import type { BackendLimits } from "./limits.ts";
import type { GrantedToken } from "./token-request.ts";
import type { Log } from "./transport.ts";

/**
 * An account on the backend, with a token. `id` is its name wherever it is kept or logged: it is no secret, and sessions and
 * renders keep it, as only the identity that made them can see them.
 */
export type Identity = {
  id: string;
  token: string;
  kind: "configured" | "anonymous";
  userId: string | null;
  expiresAtMs: number | null;
  /** Anonymous ones are counted, so that each renewal has an id of its own; 0 for a configured one. */
  generation: number;
};

export type ClientId = { id: string; madeAtMs: number };

/** What all processes share. Identities are secrets at rest. */
export type IdentityStore = {
  load(id: string): Promise<Identity | null>;
  /** The anonymous identity that was saved last. */
  loadCurrent(): Promise<Identity | null>;
  /** Keeps it under its id and makes it the current one, in one step. Earlier ones stay, for the sessions that they made. */
  save(identity: Identity): Promise<void>;
  /** All client ids ever made, the newest last. */
  loadClientIds(): Promise<ClientId[]>;
  /** Appends one if the list still has that length, in one step; returns the list that stands. */
  addClientId(clientId: ClientId, expectedLength: number): Promise<ClientId[]>;
  /** Runs `work` while no other process runs any under that name, however long it takes (minutes are possible). */
  withLock<Result>(name: string, work: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
};

export type Identities = ReturnType<typeof createIdentities>;

/**
 * Who the client is to the backend: the configured token as it is, else an anonymous account shared by all processes.
 *
 * The client id is made once and kept. A token lost between the backend's reply and our storing it stays lost, because asking
 * again with the same client id meets 429 for seven days. So when the backend still refuses a client id after the pause that 429
 * asks for, one fresh client id is made and tried, at most `maxClientIds` in seven days, and a warning is logged: sessions of the
 * account before it can no longer be seen. Past that bound, or with a configured client id, the call fails as `rate_limited`.
 */
export function createIdentities(deps: {
  config: { token?: string | undefined; clientId?: string | undefined };
  store: IdentityStore;
  requestToken: (clientId: string, signal: AbortSignal) => Promise<GrantedToken>;
  clock: Clock;
  limits: BackendLimits;
  newClientId: () => string;
  log: Log;
}) {
  const { config, store, requestToken, clock, limits, newClientId, log } = deps;
  const configured = config.token === undefined ? null : configuredIdentity(config.token);

  /** The identity that new sessions are made with. */
  async function current(signal: AbortSignal): Promise<Identity> {
    if (configured !== null) return configured;
    const known = await store.loadCurrent();
    return known !== null && isFresh(known) ? known : await replace(null, signal);
  }

  /** The identity that made a session or render. */
  async function byId(id: string): Promise<Identity> {
    if (id === configured?.id) return configured;
    const known = await store.load(id);
    if (known !== null) return known;
    throw new JobFailure(
      "backend_auth",
      `This was made with another token (${id}): set that NEMO_TOKEN again, or start a new session.`,
    );
  }

  /** A new token in place of a rejected one, for the same client id. Whoever else has renewed it by now is believed. */
  async function renew(rejected: Identity, signal: AbortSignal, cause: BackendError): Promise<Identity> {
    if (rejected.kind === "configured") throw cause;
    return await replace(rejected, signal);
  }

  async function replace(rejected: Identity | null, signal: AbortSignal): Promise<Identity> {
    signal.throwIfAborted();
    // Nobody who stops waiting may break it off: a token lost on its way stays lost.
    const neverAborted = new AbortController().signal;
    const replacing = store.withLock(
      "anonymous-token",
      async () => {
        const known = await store.loadCurrent();
        if (known !== null && known.id !== rejected?.id && isFresh(known)) return known;
        const { clientId, granted } = await requestWithAnyClientId(neverAborted);
        const generation = (known?.generation ?? 0) + 1;
        const identity: Identity = {
          id: `anonymous-${shortHash(clientId)}-${generation}`,
          token: granted.token,
          kind: "anonymous",
          userId: granted.userId,
          expiresAtMs: granted.expiresAtMs ?? clock.nowMs() + limits.tokenLifetimeMs,
          generation,
        };
        await store.save(identity);
        return identity;
      },
      signal,
    );
    return await untilAborted(replacing, signal);
  }

  async function requestWithAnyClientId(signal: AbortSignal): Promise<{ clientId: string; granted: GrantedToken }> {
    const clientIds = await clientIdsMade();
    const clientId = config.clientId ?? newestOf(clientIds).id;
    try {
      return { clientId, granted: await requestToken(clientId, signal) };
    } catch (error) {
      if (!isAboutClientId(error)) throw error;
      const fresh = await freshClientId(clientIds, error);
      return { clientId: fresh, granted: await requestToken(fresh, signal) };
    }
  }

  async function clientIdsMade(): Promise<ClientId[]> {
    if (config.clientId !== undefined) return [];
    const made = await store.loadClientIds();
    return made.length > 0 ? made : await store.addClientId({ id: newClientId(), madeAtMs: clock.nowMs() }, 0);
  }

  async function freshClientId(clientIds: ClientId[], refusal: BackendError): Promise<string> {
    if (config.clientId !== undefined)
      throw noToken("The backend gives no token for NEMO_CLIENT_ID: wait up to 7 days, or set NEMO_TOKEN.", refusal);
    const recent = clientIds.filter((made) => made.madeAtMs > clock.nowMs() - limits.tokenLifetimeMs);
    if (recent.length >= limits.maxClientIds) {
      throw noToken(
        "The backend gives this address no more anonymous tokens: wait up to 7 days, or set NEMO_TOKEN.",
        refusal,
      );
    }
    log.warn(
      { clientIdsMade: clientIds.length, reason: refusal.reason },
      "The backend gives no token for the client id: going on with a fresh one, as a new account",
    );
    return newestOf(await store.addClientId({ id: newClientId(), madeAtMs: clock.nowMs() }, clientIds.length)).id;
  }

  function isFresh(identity: Identity): boolean {
    return identity.expiresAtMs === null || clock.nowMs() < identity.expiresAtMs - limits.tokenExpiryMarginMs;
  }

  return { current, byId, renew };
}

function configuredIdentity(token: string): Identity {
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error("NEMO_TOKEN must be printable ASCII without spaces");
  return {
    id: `token-${shortHash(token)}`,
    token,
    kind: "configured",
    userId: null,
    expiresAtMs: null,
    generation: 0,
  };
}

function isAboutClientId(error: unknown): error is BackendError {
  return error instanceof BackendError && (error.reason === "rate_limited" || error.reason === "client_id_rejected");
}

function noToken(detail: string, cause: BackendError): BackendError {
  return new BackendError("rate_limited", detail, { cause });
}

function newestOf(clientIds: ClientId[]): ClientId {
  const newest = clientIds.at(-1);
  if (newest === undefined) throw new Error("The identity store lost the client id that it had just taken");
  return newest;
}

function shortHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 12);
}

/** Rejects when the signal aborts; the work goes on. */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const left = Promise.withResolvers<never>();
  const leave = () => left.reject(signal.reason);
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([work, left.promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
