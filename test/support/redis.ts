import { randomBytes } from "node:crypto";
import { inject } from "vitest";

/** The URL of the Redis that the whole run shares; it may carry a password. */
export function redisUrl(): string {
  return inject("redisUrl");
}

/** A key prefix for one test, so that tests which share the Redis see nothing of each other. */
export function testPrefix(): string {
  return `test-${randomBytes(6).toString("hex")}`;
}
