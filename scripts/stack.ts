import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { startOwnedProcess, stringIn, type OwnedProcess } from "./owned-process.ts";
import { provideRedis } from "./redis.ts";

export type Stack = {
  apiUrl: string;
  /** Null when NEMO_API_URL names another backend. */
  localBackendUrl: string | null;
  apiKey: string;
  webhookSecret: string;
  redis: string;
  /** Resolves when a part has ended by itself, with what it printed last. */
  broken: Promise<string>;
  stop(): Promise<void>;
  /** Ends service and local backend with SIGKILL, for whom `stop` takes too long. Nothing is lost by it. */
  kill(): void;
};

const credentialsSchema = z.object({ apiKey: z.string(), webhookSecret: z.string(), backendToken: z.string() });

/**
 * Starts everything on this machine: a Redis, the local backend and the service, each its own process, all data below `dataDir`.
 * `settings` are environment variables for the two of ours.
 */
export async function startStack(options: {
  dataDir: string;
  settings: Record<string, string>;
  log: (message: string) => void;
}): Promise<Stack> {
  const { settings, log } = options;
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const { apiKey, webhookSecret, backendToken } = await credentialsIn(dataDir);
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const part of stops.toReversed()) await part();
  };
  try {
    const redis = await provideRedis({ dataDir: join(dataDir, "redis"), log });
    stops.push(redis.close);
    const backend = await startLocalBackend(dataDir, backendToken, settings);
    if (backend !== null) stops.push(backend.process.stop);
    const service = await startOwnedProcess({
      name: "service",
      logFile: join(dataDir, "service.log"),
      script: join(import.meta.dirname, "../src/main.ts"),
      env: {
        REDIS_URL: redis.url,
        DATA_DIR: join(dataDir, "files"),
        API_KEY: apiKey,
        WEBHOOK_SECRET: webhookSecret,
        ...(backend !== null && { NEMO_API_URL: backend.ready, NEMO_WEB_URL: backend.ready, NEMO_TOKEN: backendToken }),
        ...settings,
      },
      ready: (line) => (stringIn(line, "msg") === "ready" ? stringIn(line, "url") : undefined),
    });
    stops.push(service.process.stop);
    return {
      apiUrl: service.ready,
      localBackendUrl: backend?.ready ?? null,
      apiKey,
      webhookSecret,
      redis: redis.description.replace(dataDir, options.dataDir),
      broken: Promise.race(
        [service, ...(backend === null ? [] : [backend])].map(async (part) => await endOf(part.process)),
      ),
      stop,
      kill() {
        for (const part of [service, backend]) part?.process.signal("SIGKILL");
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function endOf(process: OwnedProcess): Promise<string> {
  await process.exited;
  return process.output();
}

async function startLocalBackend(dataDir: string, token: string, settings: Record<string, string>) {
  if (process.env["NEMO_API_URL"]) return null;
  return await startOwnedProcess({
    name: "local backend",
    logFile: join(dataDir, "local-backend.log"),
    script: join(import.meta.dirname, "../src/local-backend/main.ts"),
    env: {
      LOCAL_BACKEND_PORT: "0",
      LOCAL_BACKEND_DATA: join(dataDir, "local-backend"),
      LOCAL_BACKEND_TOKEN: token,
      ...settings,
    },
    ready: (line) => stringIn(line, "url"),
  });
}

/** Made once per data folder, so that an API key and a webhook secret stay good across restarts. The environment wins. */
async function credentialsIn(dataDir: string): Promise<z.infer<typeof credentialsSchema>> {
  const file = join(dataDir, "credentials.json");
  const kept = await readFile(file, "utf8").catch(() => null);
  const credentials =
    kept === null
      ? {
          apiKey: `rk_${randomBytes(24).toString("hex")}`,
          webhookSecret: `whsec_${randomBytes(32).toString("base64")}`,
          backendToken: `nmv_usr_${randomBytes(16).toString("hex")}`,
        }
      : credentialsSchema.parse(JSON.parse(kept));
  if (kept === null) await writeFile(file, JSON.stringify(credentials), { mode: 0o600 });
  return {
    ...credentials,
    apiKey: process.env["API_KEY"] || credentials.apiKey,
    webhookSecret: process.env["WEBHOOK_SECRET"] || credentials.webhookSecret,
  };
}
