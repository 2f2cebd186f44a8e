import { describe, expect, it, onTestFinished } from "vitest";
import { connectRedis } from "../../src/queue/connection.ts";
import { createKeys } from "../../src/queue/keys.ts";
import { startBackend, TOKEN } from "../support/local-backend.ts";
import { redisUrl } from "../support/redis.ts";
import { clientOfService, serviceSettings, startService, type ServiceSettings } from "../support/service.ts";

const script = "Make a 4 second video. Resolution 90x160.\n\nWhoever goes leaves the door unlocked.";
const tenMinutes = "600000";
const stopping = "stopping";

async function start({ speed, drainMs }: { speed: number; drainMs: string }) {
  const backend = await startBackend({ settings: { speed } });
  const settings = {
    ...(await serviceSettings({ url: backend.url, token: TOKEN })),
    // What is left locked stays so for longer than the test.
    QUEUE_LOCK_MS: tenMinutes,
    DRAIN_MS: drainMs,
  };
  // Goes on while the worker stops.
  const api = await startService({ ...settings, ROLE: "api" });
  return { backend, settings, client: clientOfService(api), startWorker: async () => await worker(settings) };
}

async function worker(settings: ServiceSettings) {
  return await startService({ ...settings, ROLE: "worker" });
}

/** What is held under a lock, of BullMQ's or ours. */
async function locks({ KEY_PREFIX }: ServiceSettings): Promise<string[]> {
  const redis = connectRedis(redisUrl(), "patient", () => undefined);
  onTestFinished(() => redis.disconnect());
  const { base } = createKeys(KEY_PREFIX ?? "");
  return (await redis.keys(`${base}*`)).map((key) => key.slice(base.length)).filter((key) => /^lock:|:lock$/.test(key));
}

describe("a service that is asked to stop", () => {
  it("takes nothing new, hands what is long to recovery, and leaves nothing locked for the next one", async () => {
    const { backend, settings, client, startWorker } = await start({ speed: 2, drainMs: "1500" });
    const first = await startWorker();
    const long = await client.submit({ type: "video", input: { text: script } });
    await backend.until("message", {});
    expect(await locks(settings)).not.toEqual([]);
    first.signal("SIGTERM");
    await first.logged(stopping);
    const late = await client.submit({ type: "generate", input: { text: script } });
    expect(await first.exited).toBe(0);
    expect(await locks(settings)).toEqual([]);
    expect((await client.job(late.id)).started_at).toBeNull();
    expect((await client.job(long.id)).status).toBe("running");
    expect(await backend.ledger("message")).toHaveLength(1);
    expect(await backend.ledger("run_ended")).toEqual([]);

    await backend.settings({ speed: 5000 });
    const next = await startWorker();
    for (const { id } of [long, late]) expect((await client.finished(id)).job.status).toBe("succeeded");
    expect(await backend.ledger("message")).toHaveLength(2);
    expect(next.logs().filter((line) => line.includes("left by its worker"))).toEqual([]);
  });

  it("lets what is short come to its end", async () => {
    const { backend, settings, client, startWorker } = await start({ speed: 300, drainMs: tenMinutes });
    const first = await startWorker();
    const { id } = await client.submit({ type: "generate", input: { text: script } });
    await backend.until("message", {});
    expect(await first.stop()).toBe(0);
    expect(await client.job(id)).toMatchObject({
      status: "succeeded",
      result: { reply: expect.stringContaining("is done") },
    });
    expect(await locks(settings)).toEqual([]);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "ends at once at a second signal, %s, whatever it was waiting for",
    async (second) => {
      const { backend, client, startWorker } = await start({ speed: 1, drainMs: tenMinutes });
      const first = await startWorker();
      await client.submit({ type: "generate", input: { text: script } });
      await backend.until("message", {});
      first.signal("SIGTERM");
      await first.logged(stopping);
      first.signal(second);
      expect(await first.exited).toBe(1);
      expect(await backend.ledger("run_ended")).toEqual([]);
    },
  );
});
