import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/**
 * What a proxy does with the bytes that pass it.
 *
 * - `pass`: hands them on.
 * - `drop_replies`: what the client says arrives, what the server says does not.
 * - `freeze`: nothing arrives on either side, and nobody is told.
 * - `refuse`: new connections are reset at once; open ones go on.
 */
export type ProxyMode = "pass" | "drop_replies" | "freeze" | "refuse";

export type TcpProxy = {
  port: number;
  /** From now on, for open connections as well. Replies that were dropped stay lost. */
  setMode(mode: ProxyMode): void;
  /** Resets every open connection, on both sides. */
  cut(): void;
  /** Where new connections lead from now on, as to a server that came back at another port. */
  setTarget(port: number): void;
  /** Resolves when the next reply is dropped: the server has then done what it was asked. */
  replyDropped(): Promise<void>;
  close(): Promise<void>;
};

/** A TCP proxy on the loopback that breaks on request what lies between a client and a server. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let mode: ProxyMode = "pass";
  let target = targetPort;
  const open = new Set<Socket>();
  let dropWaiters: (() => void)[] = [];

  function relay(from: Socket, to: Socket, passes: () => boolean): void {
    open.add(from);
    from.on("data", (chunk: Buffer) => {
      if (!passes() || to.write(chunk)) return;
      from.pause();
      to.once("drain", () => {
        if (mode !== "freeze") from.resume();
      });
    });
    // The close that follows is what counts.
    from.on("error", () => undefined);
    from.on("end", () => to.end());
    from.on("close", () => {
      open.delete(from);
      to.destroy();
    });
    if (mode === "freeze") from.pause();
  }

  function passesReply(): boolean {
    if (mode !== "drop_replies") return true;
    for (const resolve of dropWaiters) resolve();
    dropWaiters = [];
    return false;
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (mode === "refuse") {
      client.on("error", () => undefined).resetAndDestroy();
      return;
    }
    const upstream = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    relay(client, upstream, () => true);
    relay(upstream, client, passesReply);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has no port.");

  function cut(): void {
    for (const socket of open) socket.resetAndDestroy();
  }

  return {
    port: address.port,
    setMode(next) {
      mode = next;
      for (const socket of open) {
        if (mode === "freeze") socket.pause();
        else socket.resume();
      }
    },
    cut,
    setTarget(port) {
      target = port;
    },
    replyDropped: async () => await new Promise((resolve) => void dropWaiters.push(resolve)),
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
