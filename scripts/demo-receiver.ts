import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

/** A receiver of webhooks as any service would write it: it verifies the signature with the public library of the standard. */
export async function startWebhookReceiver(secret: string) {
  const webhook = new Webhook(secret);
  const delivered = Promise.withResolvers<{ id: string; type: string }>();

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    try {
      const event: unknown = webhook.verify(await text(request), headers);
      const type = event !== null && typeof event === "object" ? String(Reflect.get(event, "type")) : "?";
      delivered.resolve({ id: headers["webhook-id"] ?? "?", type });
      response.writeHead(204).end();
    } catch {
      response.writeHead(401).end();
    }
  }

  const server = createServer((request, response) => {
    void receive(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The receiver has no port");
  return {
    url: `http://127.0.0.1:${address.port}/webhooks`,
    /** The first event whose signature was good. */
    async delivery(limitMs: number): Promise<{ id: string; type: string }> {
      const first = await Promise.race([delivered.promise, sleep(limitMs, null, { ref: false })]);
      if (first === null) throw new Error(`No webhook with a good signature came within ${limitMs / 1000} s.`);
      return first;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
