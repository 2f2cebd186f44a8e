import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";
import { expect, it, onTestFinished } from "vitest";
import { createOutboundClient } from "../../../src/outbound/outbound-client.ts";
import { createWebhookSender, type WebhookMessage } from "../../../src/webhooks/send.ts";
import { generateSecret } from "../../../src/webhooks/sign.ts";
import { listen } from "../../support/loopback-server.ts";

const secret = generateSecret();
const body = '{"type":"job.succeeded","timestamp":"2026-01-01T00:00:00.000Z","data":{"name":"Tïtle 城市"}}';

type Received = { headers: IncomingHttpHeaders; body: string };

/** A receiver that answers as told, and a message addressed to it. */
async function receiver(answer: (response: ServerResponse) => void) {
  const received: Received[] = [];
  const { origin } = await listen(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        answer(response);
      });
    }),
  );
  const message: WebhookMessage = {
    url: `${origin}/hook`,
    secrets: [secret],
    id: "evt_1",
    timestampMs: Date.now(),
    body,
  };
  return { received, message };
}

function sender(allow = ["127.0.0.1"], timeoutMs?: number) {
  const outbound = createOutboundClient({ allow });
  onTestFinished(() => outbound.close());
  return createWebhookSender({ outbound, ...(timeoutMs && { timeoutMs }) });
}

const withStatus =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end("secret=hunter2");
  };

it("delivers what the standard library verifies, byte for byte", async () => {
  const { received, message } = await receiver(withStatus(204));
  await expect(sender().send(message)).resolves.toEqual({ ok: true, status: 204 });

  const [request] = received;
  expect(request?.body).toBe(body);
  expect(request?.headers).toMatchObject({
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": "Reelay-Webhooks/1",
  });
  const headers = Object.fromEntries(
    Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
  expect(new Webhook(secret).verify(request?.body ?? "", headers)).toEqual(JSON.parse(body));
});

it("keeps the id and signs anew at each attempt", async () => {
  const { received, message } = await receiver(withStatus(500));
  const { send } = sender();
  await send(message);
  await send({ ...message, timestampMs: message.timestampMs + 5000 });
  const [first, second] = received.map(({ headers }) => headers);
  expect(first?.["webhook-id"]).toBe(second?.["webhook-id"]);
  expect(first?.["webhook-timestamp"]).not.toBe(second?.["webhook-timestamp"]);
  expect(first?.["webhook-signature"]).not.toBe(second?.["webhook-signature"]);
});

it("reports a failure with its status and Retry-After, and not what the receiver wrote", async () => {
  const { message } = await receiver(withStatus(503, { "retry-after": "120" }));
  const result = await sender().send(message);
  expect(result).toEqual({
    ok: false,
    reason: "status",
    status: 503,
    retryAfter: "120",
    gone: false,
  });
});

it("drops a Retry-After that is too long to be one", async () => {
  const { message } = await receiver(withStatus(503, { "retry-after": "1".repeat(65) }));
  expect(await sender().send(message)).toEqual({
    ok: false,
    reason: "status",
    status: 503,
    gone: false,
  });
});

it("does not follow a redirect", async () => {
  const { received, message } = await receiver(withStatus(307, { location: "/elsewhere" }));
  expect(await sender().send(message)).toEqual({
    ok: false,
    reason: "status",
    status: 307,
    gone: false,
  });
  expect(received).toHaveLength(1);
});

it("says when the endpoint is gone", async () => {
  const { message } = await receiver(withStatus(410));
  expect(await sender().send(message)).toMatchObject({ ok: false, status: 410, gone: true });
});

it("counts the status, however long the answer goes on", async () => {
  const { message } = await receiver((response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(Buffer.alloc(8192)), 1);
    response.on("close", () => clearInterval(timer));
  });
  expect(await sender().send(message)).toEqual({ ok: true, status: 200 });
});

it("reports a broken connection", async () => {
  const { message } = await receiver((response) => response.socket?.destroy());
  expect(await sender().send(message)).toEqual({ ok: false, reason: "reset", gone: false });
});

it("reports a receiver that stays silent", async () => {
  const { message } = await receiver(() => {});
  const result = await sender(["127.0.0.1"], 30).send(message);
  expect(result).toEqual({ ok: false, reason: "timeout", gone: false });
});

it("reports an address that it must not call, without calling it", async () => {
  const { received, message } = await receiver(withStatus(200));
  expect(await sender([]).send(message)).toEqual({
    ok: false,
    reason: "address_forbidden",
    gone: false,
  });
  expect(received).toHaveLength(0);
});

it("throws when the service gives up, since the receiver did nothing wrong", async () => {
  const stop = new AbortController();
  const { message } = await receiver(() => stop.abort());
  await expect(sender().send({ ...message, signal: stop.signal })).rejects.toMatchObject({
    kind: "aborted",
  });
});
