import { expect, it } from "vitest";
import { startBackend, TOKEN, type TestBackend } from "../support/local-backend.ts";
import { clientOfService, serviceSettings, startService } from "../support/service.ts";
import { startReceiver } from "../support/webhook-receiver.ts";

const script = "Make a 4 second video. Resolution 90x160.\n\nNothing is lost. Nothing is paid twice.";

/** Moments of a job, by what the backend has seen of it. */
const moments: Record<string, (backend: TestBackend) => Promise<unknown>> = {
  "as soon as it was accepted": async () => undefined,
  "when its session was made": async ({ until }) => await until("session", {}),
  "while its message is worked on": async ({ until }) => await until("message", {}),
  "when half of it was made": async ({ until }) => await until("change", { stage: 1 }),
  "when its message was done": async ({ until }) => await until("run_ended", {}),
  "before it knew that its render was accepted": async ({ fault, until }) => {
    await fault({ endpoint: "render_submit", hang: "after" });
    await until("render", { event: "submitted" });
  },
  "when its render was submitted": async ({ until }) => await until("render", { event: "submitted" }),
  "when its render was finished": async ({ until }) => await until("render", { event: "completed" }),
};

it.each(Object.keys(moments))("finishes a job that was killed %s, pays once and orphans nothing", async (moment) => {
  const backend = await startBackend({ settings: { speed: 300 } });
  const receiver = await startReceiver();
  const settings = { ...(await serviceSettings({ url: backend.url, token: TOKEN })), RECOVERY_READ_MS: "1500" };
  const first = await startService(settings);
  const { id } = await clientOfService(first).submit({
    type: "video",
    input: { text: script },
    webhook: { url: receiver.url },
  });
  await moments[moment]?.(backend);
  await first.kill();

  const { job } = await clientOfService(await startService(settings)).finished(id);
  expect(job).toMatchObject({ status: "succeeded", result: { video: { width: 90, height: 160 } } });
  expect(await backend.ledger("message")).toHaveLength(1);
  const renders = await backend.ledger("render");
  expect(renders.map(({ event }) => event)).toEqual(["submitted", "completed"]);
  const deliveries = await receiver.received(1);
  expect(new Set(deliveries.map((delivery) => delivery.id)).size).toBe(1);
  expect(deliveries[0]).toMatchObject({ type: "job.succeeded", job: { id } });
});

it("hands a running message to recovery when it is asked to stop, and goes on after the next start", async () => {
  const backend = await startBackend({ settings: { speed: 300 } });
  const settings = {
    ...(await serviceSettings({ url: backend.url, token: TOKEN })),
    DRAIN_MS: "100",
    RECOVERY_READ_MS: "1500",
  };
  const first = await startService(settings);
  const { id } = await clientOfService(first).submit({ type: "generate", input: { text: script } });
  await backend.until("message", {});
  expect(await first.stop()).toBe(0);

  const { job } = await clientOfService(await startService(settings)).finished(id);
  expect(job.status).toBe("succeeded");
  expect(await backend.ledger("message")).toHaveLength(1);
});
