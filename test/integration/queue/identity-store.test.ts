import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { newId } from "../../../src/new-id.ts";
import { isRedisAway } from "../../../src/queue/connection.ts";
import { openQueue } from "../../../src/queue/open-queue.ts";
import { startBrokenRedis } from "../../support/broken-redis.ts";
import { testPrefix } from "../../support/redis.ts";

const identity = {
  id: "anonymous-1",
  token: "nmv_1",
  kind: "anonymous",
  userId: null,
  expiresAtMs: null,
  generation: 1,
} as const;

it("keeps a token that was granted to a request while Redis is away, though requests wait for nothing else", async () => {
  const redis = await startBrokenRedis();
  const settings = { ADMISSION_WINDOW: 1, TENANT_CAP: 1, SWEEP_GRACE_MS: 1_000, RETENTION_DAYS: 1 };
  const queue = await openQueue(
    { ...settings, REDIS_URL: redis.url, KEY_PREFIX: testPrefix() },
    newId,
    pino({ level: "silent" }),
  );
  onTestFinished(queue.close);
  const { requestIdentities } = queue;
  expect(await requestIdentities.loadCurrent()).toBeNull();

  redis.setMode("refuse");
  redis.cut();
  const saved = requestIdentities.save(identity).then(
    () => "kept",
    () => "lost",
  );
  await expect(requestIdentities.loadCurrent()).rejects.toSatisfy(isRedisAway);
  redis.setMode("pass");
  expect(await saved).toBe("kept");
  expect(await requestIdentities.loadCurrent()).toEqual(identity);
});
