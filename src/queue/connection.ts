import { Redis } from "ioredis";

/** After an outage every client is back within this time; the library's default would take up to 20 s. */
const maxReconnectDelayMs = 2_000;

/**
 * A connection to Redis.
 * `patient`: commands wait for as long as Redis is away, as workers must; otherwise they fail after a few seconds, as requests should.
 */
export function connectRedis(url: string, patience: "patient" | "prompt", onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: patience === "patient" ? null : 2,
    retryStrategy: (attempt) => Math.min(maxReconnectDelayMs, 50 * 2 ** Math.min(attempt, 10)),
  });
  redis.on("error", onError);
  return redis;
}

/** Redis could not be reached in time; what was asked of it may have been done all the same. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "MaxRetriesPerRequestError" || error.message === "Connection is closed.";
}
