import type { Server } from "node:net";
import { onTestFinished } from "vitest";

/** Lets an HTTP or TCP server listen on a free loopback port for the running test, and ends its connections afterwards. */
export async function listen(server: Server): Promise<{ origin: string; port: number; connections: () => number }> {
  let connections = 0;
  const open = new Set<{ destroy: () => void }>();
  server.on("connection", (socket) => {
    connections += 1;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const { port } = address;
  return { origin: `http://127.0.0.1:${port}`, port, connections: () => connections };
}
