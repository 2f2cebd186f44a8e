import { findRedisBinary } from "./redis-binary.ts";
import { startRedisServer } from "./redis-server.ts";

/** A Redis to work with. `close` ends it if we started it; `description` is for people and holds no password. */
export type ProvidedRedis = { url: string; description: string; close(): Promise<void> };

/**
 * Provides a Redis: the one that REDIS_URL names, else a private one of our own whose data lies in `dataDir`.
 * @throws saying what to install where there is none and none can be fetched
 */
export async function provideRedis({
  dataDir,
  log,
}: {
  dataDir: string;
  log: (message: string) => void;
}): Promise<ProvidedRedis> {
  const given = process.env["REDIS_URL"];
  if (given) return { url: given, description: "Redis from REDIS_URL", close: async () => undefined };
  const binary = await findRedisBinary(log);
  const server = await startRedisServer({ binary, dataDir });
  return { ...server, description: `${binary.version}, private, data in ${dataDir}` };
}
