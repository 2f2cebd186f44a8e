import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { jobViewSchema, type JobView } from "../../src/domain/job-view.ts";
import { z } from "zod";
import { listen } from "./loopback-server.ts";
import { webhookSecret } from "./quick-settings.ts";

export type Delivery = { id: string; type: string; job: JobView; body: string };

const eventSchema = z.strictObject({ type: z.string(), timestamp: z.iso.datetime(), data: jobViewSchema });

/** Verifies each event with the public library of the standard. `answers` are the statuses of the first ones; then 204. */
export async function startReceiver(...answers: number[]) {
  const webhook = new Webhook(webhookSecret);
  const deliveries: Delivery[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    try {
      webhook.verify(body, headers);
    } catch {
      response.writeHead(401).end();
      return;
    }
    const { type, data } = eventSchema.parse(JSON.parse(body));
    deliveries.push({ id: headers["webhook-id"] ?? "", type, job: data, body });
    response.writeHead(answers.shift() ?? 204).end();
    for (const { count, resolve } of waiting) if (deliveries.length >= count) resolve();
  }

  const { origin } = await listen(createServer((request, response) => void receive(request, response)));
  return {
    url: `${origin}/hook`,
    /** Waits until so many have come; the test's own timeout bounds it. */
    async received(count: number): Promise<Delivery[]> {
      if (deliveries.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return deliveries;
    },
  };
}
