import type { ClientId, Identity, IdentityStore } from "../../src/backend-client/identity.ts";

/** What Redis is for the service: one store for all the processes of a test. */
export function createMemoryIdentityStore(): IdentityStore & {
  readonly clientIds: ClientId[];
  readonly identities: Map<string, Identity>;
} {
  const identities = new Map<string, Identity>();
  const clientIds: ClientId[] = [];
  const locks = new Map<string, Promise<unknown>>();
  let currentId: string | null = null;
  return {
    identities,
    clientIds,
    load: async (id) => identities.get(id) ?? null,
    loadCurrent: async () => (currentId === null ? null : (identities.get(currentId) ?? null)),
    async save(identity) {
      identities.set(identity.id, identity);
      currentId = identity.id;
    },
    loadClientIds: async () => [...clientIds],
    async addClientId(clientId, expectedLength) {
      if (clientIds.length === expectedLength) clientIds.push(clientId);
      return [...clientIds];
    },
    async withLock(name, work) {
      const before = locks.get(name) ?? Promise.resolve();
      const mine = before.then(work, work);
      locks.set(
        name,
        mine.catch(() => undefined),
      );
      return await mine;
    },
  };
}
