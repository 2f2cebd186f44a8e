import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findRedisBinary } from "../../../scripts/redis-binary.ts";
import { startRedisServer } from "../../../scripts/redis-server.ts";
import { startOwnedProcess, stringIn } from "../../../scripts/owned-process.ts";
import { apiKey, operatorKey, quickSettings, webhookSecret } from "../quick-settings.ts";
import { startTcpProxy, type TcpProxy } from "../tcp-proxy.ts";
import { startPart, type Part } from "./part.ts";

export const backendToken = "configured-token-of-the-tests";
const redisPassword = "password-of-the-tests";
export const keyPrefix = "chaos";
/** How long a queue entry stays with a worker that gives no sign of life: what is frozen longer has lost it. */
export const lockMs = 2_000;

export type ChaosStack = {
  /** The API as clients see it, through a proxy. */
  apiUrl: string;
  /** Not through a proxy: for faults and the ledger. */
  backendUrl: string;
  /** Not through a proxy, for looking at what was kept; another one after each start of Redis. */
  redisUrl(): string;
  service: readonly [Part, ...Part[]];
  redis: Part;
  /** By what they lie between. */
  proxies: readonly [NamedProxy, ...NamedProxy[]];
  stop(): Promise<void>;
};

export type NamedProxy = TcpProxy & { name: string };

/** One API, two workers, a Redis of its own and a local backend, each its own process, with proxies between all of them. */
export async function startChaosStack(dir: string, onSurprise: (what: string) => void): Promise<ChaosStack> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const part of stops.toReversed()) await part();
  };
  try {
    return { ...(await startParts(dir, onSurprise, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  dir: string,
  onSurprise: (what: string) => void,
  stops: (() => Promise<void>)[],
): Promise<Omit<ChaosStack, "stop">> {
  const proxy = async (name: string, port: number): Promise<NamedProxy> => {
    const made = await startTcpProxy(port);
    stops.push(made.close);
    return { ...made, name };
  };

  let redisUrl = "";
  const redisProxies: NamedProxy[] = [];
  const binary = await findRedisBinary(() => undefined);
  const redis = await startPart(
    "redis",
    async () => {
      const server = await startRedisServer({ binary, dataDir: join(dir, "redis"), password: redisPassword });
      redisUrl = server.url;
      for (const one of redisProxies) one.setTarget(portOf(server.url));
      return { ...server, stop: server.close };
    },
    onSurprise,
  );
  stops.push(redis.stop);

  const backend = await startOwnedProcess({
    name: "local backend",
    logFile: join(dir, "backend.log"),
    script: join(import.meta.dirname, "../../../src/local-backend/main.ts"),
    env: {
      LOCAL_BACKEND_PORT: "0",
      LOCAL_BACKEND_DATA: join(dir, "backend"),
      LOCAL_BACKEND_TOKEN: backendToken,
      LOCAL_BACKEND_SPEED: "200",
    },
    ready: (line) => stringIn(line, "url"),
  });
  stops.push(backend.process.stop);
  const backendProxy = await proxy("backend", portOf(backend.ready));
  const apiProxy = await proxy("api", 1);

  const dataDir = join(dir, "files");
  await mkdir(dataDir);
  const startService = async (name: string, role: "api" | "worker"): Promise<Part> => {
    const redisProxy = await proxy(`redis of ${name}`, portOf(redisUrl));
    redisProxies.push(redisProxy);
    const part = await startPart(
      name,
      async () => {
        const { process, ready } = await startOwnedProcess({
          name,
          logFile: join(dir, `${name}.log`),
          script: join(import.meta.dirname, "../../../src/main.ts"),
          env: {
            ...quickSettings,
            QUEUE_LOCK_MS: String(lockMs),
            SWEEP_GRACE_MS: "2000",
            // Close enough for two to fall between the stages of a generation, which both have to be waited for.
            RECOVERY_FIRST_READ_MS: "100",
            RECOVERY_READ_MS: "100",
            RECOVERY_RUN_MS: "9000",
            // Longer than a process and then a network are frozen: what is given up must not arrive later.
            RECOVERY_QUIET_MS: "13000",
            // Many, so that none is given up; and a window that fills.
            WEBHOOK_SCHEDULE_MS: Array.from({ length: 20 }, () => "300").join(","),
            ADMISSION_WINDOW: "30",
            ROLE: role,
            PORT: "0",
            REDIS_URL: `redis://:${redisPassword}@127.0.0.1:${redisProxy.port}`,
            KEY_PREFIX: keyPrefix,
            DATA_DIR: dataDir,
            API_KEY: apiKey,
            OPERATOR_KEY: operatorKey,
            WEBHOOK_SECRET: webhookSecret,
            NEMO_API_URL: `http://127.0.0.1:${backendProxy.port}`,
            NEMO_TOKEN: backendToken,
          },
          ready: (line) => (stringIn(line, "msg") === "ready" ? (stringIn(line, "url") ?? "") : undefined),
        });
        if (role === "api") apiProxy.setTarget(portOf(ready));
        return process;
      },
      onSurprise,
    );
    stops.push(part.stop);
    return part;
  };
  const service = [
    await startService("api", "api"),
    await startService("worker-1", "worker"),
    await startService("worker-2", "worker"),
  ] as const;

  return {
    apiUrl: `http://127.0.0.1:${apiProxy.port}`,
    backendUrl: backend.ready,
    redisUrl: () => redisUrl,
    service,
    redis,
    proxies: [backendProxy, apiProxy, ...redisProxies],
  };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
