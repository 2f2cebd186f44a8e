import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { findRedisBinary } from "../../../scripts/redis-binary.ts";
import { startRedisServer } from "../../../scripts/redis-server.ts";
import { checkRedis } from "../../../src/queue/redis-check.ts";

const binary = await findRedisBinary(() => undefined);

async function check(settings: Record<string, string>, credentials?: string) {
  const dataDir = await mkdtemp(join(tmpdir(), "redis-check-"));
  const server = await startRedisServer({ binary, dataDir, settings });
  const redis = new Redis(credentials === undefined ? server.url : server.url.replace(/:\w+@/, `${credentials}@`));
  try {
    return await checkRedis(redis);
  } finally {
    redis.disconnect();
    await server.close();
    await rm(dataDir, { recursive: true });
  }
}

describe("checkRedis", () => {
  test("accepts a Redis that keeps every write, without a warning", async () => {
    expect(await check({})).toEqual({ version: binary.version, warnings: [] });
  });

  test.each(["allkeys-lru", "volatile-lru", "allkeys-random"])("refuses a Redis that evicts by %s", async (policy) => {
    await expect(check({ "maxmemory-policy": policy })).rejects.toThrow(
      `maxmemory-policy is ${policy}), and with them jobs that were accepted. Mend it with: redis-cli CONFIG SET maxmemory-policy noeviction`,
    );
  });

  test("warns about a Redis that keeps nothing on disk", async () => {
    const { warnings } = await check({ appendonly: "no" });
    expect(warnings).toEqual([expect.stringContaining("keeps nothing on disk")]);
  });

  test("warns about a Redis that keeps snapshots only", async () => {
    const { warnings } = await check({ appendonly: "no", save: "3600 1" });
    expect(warnings).toEqual([expect.stringContaining("only keeps snapshots (save 3600 1)")]);
  });

  test.each(["everysec", "no"])("warns about appendfsync %s", async (appendfsync) => {
    const { warnings } = await check({ appendfsync });
    expect(warnings).toEqual([expect.stringContaining(`(appendfsync ${appendfsync})`)]);
  });
});

describe("checkRedis, where CONFIG is forbidden", () => {
  const credentials = "app:secret";
  const managed = { user: "app on >secret ~* &* +@all -config" };

  test("says what could not be checked", async () => {
    const { warnings } = await check(managed, credentials);
    expect(warnings).toEqual([expect.stringContaining("could not be checked how often Redis syncs")]);
  });

  test("still refuses a Redis that evicts", async () => {
    await expect(check({ ...managed, "maxmemory-policy": "allkeys-lru" }, credentials)).rejects.toThrow(
      "may evict keys",
    );
  });

  test("still warns about a Redis without an append-only file", async () => {
    const { warnings } = await check({ ...managed, appendonly: "no" }, credentials);
    expect(warnings).toEqual([expect.stringContaining("has no append-only file")]);
  });
});

describe("checkRedis, by the version", () => {
  test.each(["6.0.16", "5.0.14", "6.1.240"])("refuses Redis %s", async (version) => {
    await expect(checkInfo(`redis_version:${version}`)).rejects.toThrow(`Redis ${version} is too old`);
  });

  test.each(["6.2.0", "7.4.1", "8.2.0", "10.0.0"])("accepts Redis %s", async (version) => {
    expect((await checkInfo(`redis_version:${version}`)).version).toBe(`Redis ${version}`);
  });

  test("accepts Valkey, and names it", async () => {
    const { version } = await checkInfo("redis_version:7.2.4", "server_name:valkey", "valkey_version:8.1.3");
    expect(version).toBe("Valkey 8.1.3");
  });
});

/** Checks a server of another version: something that answers as one to INFO, and knows no other command. */
async function checkInfo(...lines: string[]) {
  const info = lines.join("\r\n");
  const server = createServer((socket) => {
    socket.on("data", (chunk) => {
      for (const [, name = ""] of chunk.toString().matchAll(/^\*\d+\r\n\$\d+\r\n(\w+)/gm)) {
        const isInfo = name.toUpperCase() === "INFO";
        socket.write(isInfo ? `$${info.length}\r\n${info}\r\n` : `-ERR unknown command '${name}'\r\n`);
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const redis = new Redis({ host: "127.0.0.1", port: typeof address === "object" && address ? address.port : 0 });
  try {
    return await checkRedis(redis);
  } finally {
    redis.disconnect();
    server.close();
  }
}
