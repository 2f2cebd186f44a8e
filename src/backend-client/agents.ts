import { Agent, buildConnector } from "undici";

/** No connection came about, so nothing of the request went out. */
export class ConnectFailed extends Error {
  override readonly name = "ConnectFailed";
}

export type Agents = {
  readonly calls: Agent;
  readonly messages: Agent;
  close(): Promise<void>;
};

/**
 * Undici's own time limits are off: they end silent streams after 300 s, and ours run on an injected clock. HTTP/2 is off, as
 * one lost connection would take all its streams along.
 *
 * Messages get a connection of their own each: on one that was kept alive, a request that meets the server's closing of it
 * cannot be told from one that was lost after it ran, and would have to count as perhaps paid.
 */
export function createAgents({ connectTimeoutMs }: { connectTimeoutMs: number }): Agents {
  const connectBase = buildConnector({ allowH2: false, timeout: connectTimeoutMs });
  const connect: buildConnector.connector = (options, callback) =>
    connectBase(options, (error, socket) => {
      if (error === null) callback(null, socket);
      else callback(new ConnectFailed("No connection to the backend", { cause: error }), null);
    });
  const shared = { connect, allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
  const calls = new Agent(shared);
  const messages = new Agent({ ...shared, pipelining: 0 });
  return {
    calls,
    messages,
    async close() {
      await Promise.all([calls.destroy(), messages.destroy()]);
    },
  };
}
