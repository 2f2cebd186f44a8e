import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { withLock } from "./lock.mjs";
import type { RedisBinary } from "./redis-binary.ts";

/** How long loading the data may take, and stopping. */
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
/** A predecessor that was told to end by our own death may still be writing. */
const PREDECESSOR_LIMIT_MS = 5_000;
const PORT_ATTEMPTS = 5;
const OUTPUT_LIMIT_CHARS = 4_000;

/** `close` ends the server and waits for it; it ends by itself when this process dies, in whichever way. */
export type RedisServer = {
  url: string;
  close(): Promise<void>;
  /** For tests that kill or freeze it. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when it has ended, asked or not. */
  exited: Promise<void>;
  /** What it printed last. */
  output(): string;
};

/**
 * Starts a private Redis: on the loopback, behind a password, with its data in `dataDir`.
 * It acknowledges nothing that is not on the disk, and evicts nothing. `settings` add to or replace those of its file.
 * @throws if another server uses the data folder, or this one does not start
 */
export async function startRedisServer({
  binary,
  dataDir,
  password = randomBytes(24).toString("hex"),
  port: givenPort,
  settings = {},
}: {
  binary: RedisBinary;
  dataDir: string;
  /** A random one unless given, as for a server that comes back for clients who know the old one. */
  password?: string;
  /** A free one unless given. */
  port?: number;
  settings?: Record<string, string>;
}): Promise<RedisServer> {
  await mkdir(dataDir, { recursive: true });
  const configFile = join(dataDir, "redis.conf");
  // Two servers that append to one file destroy it.
  return withLock(join(dataDir, "redis.lock"), async () => {
    await waitUntilUnused(dataDir, configFile);
    for (let attempt = 1; ; attempt += 1) {
      const port = givenPort ?? (await findFreePort());
      await writeFile(configFile, configText({ port, password, dataDir, settings }), { mode: 0o600 });
      const url = `redis://:${password}@127.0.0.1:${port}`;
      const server = launch(binary, configFile);
      const failure = await waitUntilReady(server, url);
      if (failure === null) return { ...server, url };
      await server.close();
      const portWasTaken = failure.includes("Address already in use");
      if (!portWasTaken || attempt === PORT_ATTEMPTS) throw new Error(`${binary.version} did not start: ${failure}`);
    }
  });
}

function configText(options: { port: number; password: string; dataDir: string; settings: Record<string, string> }) {
  const settings = {
    bind: "127.0.0.1",
    port: String(options.port),
    requirepass: options.password,
    dir: JSON.stringify(options.dataDir),
    daemonize: "no",
    appendonly: "yes",
    appendfsync: "always",
    save: '""',
    "maxmemory-policy": "noeviction",
    loglevel: "warning",
    ...options.settings,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join("");
}

/** Whoever answers at the address and to the password in the folder's settings is the server of that folder. */
async function waitUntilUnused(dataDir: string, configFile: string): Promise<void> {
  if (!existsSync(configFile)) return;
  const config = await readFile(configFile, "utf8");
  const port = /^port (\d+)$/m.exec(config)?.[1];
  const password = /^requirepass (\w+)$/m.exec(config)?.[1];
  if (port === undefined || password === undefined) return;
  const deadline = Date.now() + PREDECESSOR_LIMIT_MS;
  while (await answers(Number(port), password)) {
    if (Date.now() > deadline) {
      throw new Error(`Another Redis uses the data in ${dataDir}. Stop what runs there, or choose another folder.`);
    }
    await sleep(100);
  }
}

async function answers(port: number, password: string): Promise<boolean> {
  const redis = new Redis({ host: "127.0.0.1", port, password, lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("A TCP server has no port.");
  return address.port;
}

function launch(binary: RedisBinary, configFile: string) {
  const watchdog = join(import.meta.dirname, "end-with-parent.sh");
  const env = binary.libraryPath === null ? process.env : { ...process.env, LD_LIBRARY_PATH: binary.libraryPath };
  // A process group of its own, so that Ctrl-C reaches the service but not the Redis it needs for stopping in order.
  const child = spawn("sh", [watchdog, binary.command, configFile], { env, detached: true });
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  child.once("exit", () => child.stdin.end());
  child.stdin.on("error", () => undefined);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-OUTPUT_LIMIT_CHARS);
    });
  }
  return {
    exited,
    output: () => output.trim(),
    signal(name: NodeJS.Signals) {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    },
    async close() {
      child.stdin.end();
      const ended = await Promise.race([exited.then(() => true), sleep(STOP_LIMIT_MS, false, { ref: false })]);
      if (ended || child.pid === undefined) return;
      process.kill(-child.pid, "SIGKILL");
      await exited;
    },
  };
}

/** Returns null when the server has loaded its data, else why it did not. */
async function waitUntilReady(server: ReturnType<typeof launch>, url: string): Promise<string | null> {
  const redis = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  redis.on("error", () => undefined);
  try {
    return await Promise.race([
      new Promise<null>((resolve) => void redis.once("ready", () => resolve(null))),
      server.exited.then(() => server.output() || "it ended at once"),
      sleep(START_LIMIT_MS, `not ready after ${START_LIMIT_MS / 1000} s. ${server.output()}`, { ref: false }),
    ]);
  } finally {
    redis.disconnect();
  }
}
