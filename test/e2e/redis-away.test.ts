import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { findRedisBinary } from "../../scripts/redis-binary.ts";
import { findFreePort, startRedisServer, type RedisServer } from "../../scripts/redis-server.ts";
import { startBackend, TOKEN } from "../support/local-backend.ts";
import { apiKey, operatorKey } from "../support/quick-settings.ts";
import { clientOfService, launchService, serviceSettings } from "../support/service.ts";
import { tempFolder } from "../support/temp-folder.ts";

const script = "Make a 4 second video. Resolution 90x160.\n\nThe tide goes out. The tide comes in.";
const password = "password-of-this-redis";

/** A service whose Redis, at a port of its own, is not there yet. */
async function launch() {
  const binary = await findRedisBinary(() => undefined);
  const dataDir = await tempFolder();
  const port = await findFreePort();
  const backend = await startBackend({ settings: { speed: 300 } });
  const service = launchService({
    ...(await serviceSettings({ url: backend.url, token: TOKEN })),
    OPERATOR_KEY: operatorKey,
    REDIS_URL: `redis://:${password}@127.0.0.1:${port}`,
  });
  async function startRedis(): Promise<RedisServer> {
    const redis = await startRedisServer({ binary, dataDir, password, port });
    onTestFinished(redis.close);
    return redis;
  }
  return { backend, service, startRedis };
}

async function statusOf(url: string, path: string): Promise<number> {
  return (await fetch(new URL(path, url))).status;
}

it("waits at its start until Redis is there, and then takes jobs", async () => {
  const { service, startRedis } = await launch();
  await service.logged("Redis connection");
  await startRedis();
  const url = await service.ready;
  expect(await statusOf(url, "/readyz")).toBe(200);
  const client = clientOfService({ url });
  const { id } = await client.submit({ type: "generate", input: { text: script } });
  expect((await client.finished(id)).job.status).toBe("succeeded");
});

const ends: Record<string, (redis: RedisServer) => Promise<void>> = {
  stopped: async (redis) => await redis.close(),
  killed: async (redis) => {
    redis.signal("SIGKILL");
    await redis.exited;
  },
};

it.each(Object.keys(ends))("says so while Redis is away, and needs no restart after one that was %s", async (how) => {
  const { backend, service, startRedis } = await launch();
  const redis = await startRedis();
  const url = await service.ready;
  const client = clientOfService({ url });
  const sent = await client.submit({ type: "generate", input: { text: script } });
  const next = await client.submit({ type: "generate", session_id: sent.session_id, input: { text: "Add a title." } });
  await backend.until("message", {});

  await ends[how]?.(redis);
  while ((await statusOf(url, "/readyz")) === 200) await sleep(20);
  const job = { type: "generate", input: { text: script } };
  const requests: [method: string, path: string, key: string, body?: object][] = [
    ["GET", "/readyz", apiKey],
    ["GET", "/v1/jobs", apiKey],
    ["GET", `/v1/jobs/${sent.id}`, apiKey],
    ["GET", `/v1/jobs/${sent.id}/events`, apiKey],
    ["POST", "/v1/jobs", apiKey, job],
    ["POST", `/v1/jobs/${sent.id}/cancel`, apiKey],
    ["POST", `/v1/jobs/${sent.id}/retry`, apiKey, {}],
    ["GET", "/v1/operator/gates", operatorKey],
    ["GET", "/v1/operator/accounts", operatorKey],
    ["GET", "/v1/operator/sweeper", operatorKey],
    ["POST", "/v1/operator/pause", operatorKey, {}],
    ["POST", "/v1/operator/resume", operatorKey, {}],
  ];
  const answers = await Promise.all(
    requests.map(async ([method, path, key, body]) => {
      const headers = { authorization: `Bearer ${key}`, ...(body && { "content-type": "application/json" }) };
      const answer = await fetch(new URL(path, url), { method, headers, ...(body && { body: JSON.stringify(body) }) });
      const { code } = (await answer.json()) as { code: string };
      return [method, path, answer.status, answer.headers.get("content-type")?.split(";")[0], code];
    }),
  );
  expect(answers).toEqual(
    requests.map(([method, path]) => [method, path, 503, "application/problem+json", "not_ready"]),
  );
  expect(await statusOf(url, "/livez")).toBe(200);

  await startRedis();
  while ((await statusOf(url, "/readyz")) !== 200) await sleep(20);
  const later = await client.submit(job);
  for (const { id } of [sent, next, later]) expect((await client.finished(id)).job.status).toBe("succeeded");
  expect(await backend.ledger("message")).toHaveLength(3);
});
