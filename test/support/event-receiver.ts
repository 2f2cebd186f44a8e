import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { webhookSecret } from "./quick-settings.ts";

export type ReceivedEvent = { eventId: string; type: string; jobId: string };

const eventSchema = z.object({ type: z.string(), data: z.object({ id: z.string() }) });

/** Keeps every webhook that verifies; `answer` decides the status of each, 204 if not given. Needs no test around it. */
export async function startEventReceiver(answer: () => number = () => 204) {
  const webhook = new Webhook(webhookSecret);
  const events: ReceivedEvent[] = [];
  let forged = 0;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const eventId = String(request.headers["webhook-id"]);
    try {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      webhook.verify(body, Object.fromEntries(headers));
      const { type, data } = eventSchema.parse(JSON.parse(body));
      events.push({ eventId, type, jobId: data.id });
      response.writeHead(answer()).end();
    } catch {
      forged += 1;
      response.writeHead(401).end();
    }
  }

  const server = createServer((request, response) => {
    // A sender that dies in the middle of its request is nothing to us.
    receive(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("An HTTP server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    events: (): readonly ReceivedEvent[] => events,
    /** How many did not verify. */
    forged: () => forged,
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
