import type { Redis } from "ioredis";
import { z } from "zod";
import type { Keys } from "./keys.ts";
import type { Locks } from "./lock.ts";
import { loadScript } from "./script.ts";

const identitySchema = z.object({
  id: z.string(),
  token: z.string(),
  kind: z.enum(["configured", "anonymous"]),
  userId: z.string().nullable(),
  expiresAtMs: z.number().nullable(),
  generation: z.number(),
});
type Identity = z.infer<typeof identitySchema>;

const clientIdSchema = z.object({ id: z.string(), madeAtMs: z.number() });
type ClientId = z.infer<typeof clientIdSchema>;

/** Where the processes share their accounts on the backend. Tokens are kept here and nowhere else. */
export function createIdentityStore({ redis, keys, locks }: { redis: Redis; keys: Keys; locks: Locks }) {
  const appendScript = loadScript(redis, "append");
  const clientIdsKey = keys.identity("client-ids");
  const currentKey = keys.identity("current");

  async function loadFrom(key: string): Promise<Identity | null> {
    const kept = await redis.get(key);
    return kept === null ? null : identitySchema.parse(JSON.parse(kept));
  }

  return {
    load: async (id: string) => await loadFrom(keys.identity(`id:${id}`)),
    /** The anonymous identity that was saved last. */
    loadCurrent: async () => await loadFrom(currentKey),
    /** Keeps it under its id and makes it the current one, in one step. Earlier ones stay, for the sessions that they made. */
    async save(identity: Identity): Promise<void> {
      const text = JSON.stringify(identity);
      await redis.mset(keys.identity(`id:${identity.id}`), text, currentKey, text);
    },
    /** All client ids ever made, the newest last. */
    loadClientIds: async () => parseClientIds(await redis.lrange(clientIdsKey, 0, -1)),
    /** Appends one if the list still has that length, in one step; returns the list that stands. */
    async addClientId(clientId: ClientId, expectedLength: number): Promise<ClientId[]> {
      const list = await appendScript([clientIdsKey], [JSON.stringify(clientId), expectedLength]);
      return parseClientIds(z.array(z.string()).parse(list));
    },
    withLock: locks.withLock,
  };
}

function parseClientIds(kept: readonly string[]): ClientId[] {
  return kept.map((text) => clientIdSchema.parse(JSON.parse(text)));
}
