import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findRedisBinary } from "../../../scripts/redis-binary.ts";
import { startRedisServer } from "../../../scripts/redis-server.ts";

const binary = await findRedisBinary(() => undefined);
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "redis-server-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

describe("startRedisServer", () => {
  test("keeps what was written for the next server of the same folder", async () => {
    const first = await startRedisServer({ binary, dataDir });
    await ask(first.url, (redis) => redis.set("kept", "yes"));
    await first.close();
    const second = await startRedisServer({ binary, dataDir });
    expect(await ask(second.url, (redis) => redis.get("kept"))).toBe("yes");
    await second.close();
  });

  test("answers nobody who lacks its password", async () => {
    const server = await startRedisServer({ binary, dataDir });
    const withoutPassword = server.url.replace(/:\w+@/, "");
    await expect(ask(withoutPassword, (redis) => redis.get("anything"))).rejects.toThrow("NOAUTH");
    await server.close();
  });

  test("refuses a folder that another server uses", async () => {
    const server = await startRedisServer({ binary, dataDir });
    await expect(startRedisServer({ binary, dataDir })).rejects.toThrow("Another Redis uses the data");
    await server.close();
  });

  test("says why the server did not start", async () => {
    const settings = { "maxmemory-policy": "none" };
    await expect(startRedisServer({ binary, dataDir, settings })).rejects.toThrow(/did not start: .*maxmemory-policy/s);
  });

  test("ends with the process that started it, even when that one is killed, and has lost nothing", async () => {
    const holder = spawn(process.execPath, [join(import.meta.dirname, "../../support/hold-redis.ts"), dataDir]);
    const [output]: unknown[] = await once(holder.stdout, "data");
    const url = String(output).trim();
    await ask(url, (redis) => redis.set("kept", "yes"));
    holder.kill("SIGKILL");
    while (await accepts(new URL(url).port)) await sleep(10);
    const next = await startRedisServer({ binary, dataDir });
    expect(await ask(next.url, (redis) => redis.get("kept"))).toBe("yes");
    await next.close();
  });
});

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  redis.on("error", () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

function accepts(port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
