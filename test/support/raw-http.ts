import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";

/** A bare connection, for what no HTTP client would do. */
export async function connectTo(origin: string): Promise<Socket> {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** Sends bytes, and returns all that comes back until the other side closes the connection. */
export async function exchange(origin: string, bytes: string): Promise<string> {
  const socket = await connectTo(origin);
  socket.end(bytes);
  return await text(socket);
}

/** Sends a whole request before reading anything, as simple clients do, and returns the start of the answer. */
export async function sendAllThenRead(origin: string, headers: readonly string[], body: Uint8Array): Promise<string> {
  const socket = await connectTo(origin);
  socket.write(`${headers.join("\r\n")}\r\nhost: reelay\r\ncontent-length: ${body.length}\r\n\r\n`);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.write(body, () => resolve());
  });
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return answer.toString();
}
