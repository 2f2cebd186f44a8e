import { describe, expect, it } from "vitest";
import type { Settings } from "../../src/local-backend/config.ts";
import { startBackend, TOKEN } from "../support/local-backend.ts";
import { clientOfService, serviceSettings, startService, type ServiceSettings } from "../support/service.ts";
import { startReceiver } from "../support/webhook-receiver.ts";

const script = "Make a 4 second video. Resolution 90x160.\n\nEvery failure says why. None is paid for twice.";

/** Submits a video job against a backend that misbehaves in these ways, and waits for its end. */
async function runWith({
  faults = [],
  answers = [],
  backendSettings = {},
  environment = {},
}: {
  faults?: Record<string, unknown>[];
  answers?: number[];
  backendSettings?: Partial<Settings>;
  environment?: ServiceSettings;
}) {
  const backend = await startBackend({ settings: backendSettings });
  const receiver = await startReceiver(...answers);
  const service = await startService({
    ...(await serviceSettings({ url: backend.url, token: TOKEN })),
    ...environment,
  });
  const client = clientOfService(service);
  for (const fault of faults) expect((await backend.fault(fault)).status).toBeLessThan(300);
  const { id } = await client.submit({ type: "video", input: { text: script }, webhook: { url: receiver.url } });
  const { job } = await client.finished(id);
  const messages = await backend.ledger("message");
  const renders = await backend.ledger("render");
  return { job, messages, renders, receiver, backend, service };
}

describe("the message", () => {
  it("ends the job as outcome_unknown when nothing can be seen of it, and is never sent again", async () => {
    const { job, messages, receiver } = await runWith({ faults: [{ endpoint: "message", reset_before: true }] });
    expect(job).toMatchObject({
      status: "failed",
      stage: "generate",
      result: null,
      error: { code: "outcome_unknown" },
    });
    expect(messages).toEqual([]);
    expect((await receiver.received(1))[0]).toMatchObject({ type: "job.failed", job: { error: job.error } });
  });

  it.each([
    ["was cut in the middle of its stream", { cut_at_event: 2 }],
    ["lost its connection after the work was done", { reset_after: true }],
    ["was answered with a 500 after the work was done", { status: 500, after_work: true }],
  ])("is recovered by reading the state when it %s", async (_, fault) => {
    const { job, messages } = await runWith({ faults: [{ endpoint: "message", ...fault }] });
    expect(job.status).toBe("succeeded");
    expect(messages).toHaveLength(1);
  });

  it("is recovered only once both stages of its generation are done, however long the second is in coming", async () => {
    // Between the stages the state stands still for longer than two reads of it are apart.
    const { job, renders } = await runWith({
      faults: [{ endpoint: "message", cut_at_event: 2 }],
      backendSettings: { speed: 20 },
      environment: { RECOVERY_QUIET_MS: "60000" },
    });
    expect(job.status).toBe("succeeded");
    expect(job.result?.summary).toMatch(/BGM/);
    expect(renders.every(({ draft_unchanged: isUnchanged }) => isUnchanged)).toBe(true);
  });

  it("fails the job when the run fails, and says so without the backend's own words", async () => {
    const fault = { endpoint: "message", stream_error: { form: "unescaped", message: "Traceback secret-internal" } };
    const { job, service } = await runWith({ faults: [fault] });
    expect(job.error).toMatchObject({ code: "generation_failed", stage: "generate" });
    expect(JSON.stringify(job)).not.toContain("Traceback");
    expect(service.logs().join("\n")).not.toContain(TOKEN);
  });
});

describe("the render", () => {
  it("is tried once more under a new id when it fails", async () => {
    const { job, renders } = await runWith({ faults: [{ endpoint: "render_submit", render_fail: true }] });
    expect(job.status).toBe("succeeded");
    expect(renders.map(({ event }) => event)).toEqual(["submitted", "failed", "submitted", "completed"]);
    expect(new Set(renders.map(({ render }) => render)).size).toBe(2);
  });

  it("fails the job when it fails twice", async () => {
    const { job } = await runWith({ faults: [{ endpoint: "render_submit", render_fail: true, times: 2 }] });
    expect(job.error).toMatchObject({ code: "render_failed", stage: "export" });
  });

  it("is tried once more when its file does not play", async () => {
    const { job, renders } = await runWith({ faults: [{ endpoint: "render_submit", broken_video: true }] });
    expect(job.result?.video?.frames).toBeGreaterThan(0);
    expect(new Set(renders.map(({ render }) => render)).size).toBe(2);
  });

  it.each([
    ["was accepted", { reset_after: true }],
    ["was not accepted", { reset_before: true }],
  ])("is found by its id when the answer to its submission was lost and it %s", async (_, fault) => {
    const { job, renders, backend } = await runWith({ faults: [{ endpoint: "render_submit", ...fault }] });
    expect(job.status).toBe("succeeded");
    expect(renders.map(({ event }) => event)).toEqual(["submitted", "completed"]);
    const looks = (await backend.ledger("request")).filter(({ endpoint }) => endpoint === "render_status");
    expect(new Set(looks.map(({ url }) => url)).size).toBe(1);
  });

  it("is downloaded through the backend when its own address does not work", async () => {
    const { job } = await runWith({ faults: [{ endpoint: "cdn", status: 403 }] });
    expect(job.status).toBe("succeeded");
  });
});

it("exports what a session held from the kept draft, when the backend has dropped the session", async () => {
  const backend = await startBackend();
  const client = clientOfService(await startService(await serviceSettings({ url: backend.url, token: TOKEN })));
  const made = await client.submit({ type: "generate", input: { text: script } });
  expect((await client.finished(made.id)).job.status).toBe("succeeded");
  const [session] = await backend.ledger("session");
  await backend.settings({ drop_session: session?.["session"] });
  const exported = await client.submit({ type: "export", session_id: made.session_id, input: {} });
  expect((await client.finished(exported.id)).job.result?.video).toMatchObject({ width: 90, height: 160 });
  expect(await backend.ledger("message")).toHaveLength(1);
});

describe("the webhook", () => {
  it("is tried again until it is taken, under one id and with one body", async () => {
    const { receiver } = await runWith({ answers: [500, 503] });
    const deliveries = await receiver.received(3);
    expect(new Set(deliveries.map(({ id }) => id)).size).toBe(1);
    expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
  });
});

it("keeps trying while the backend is away, at the price of one message", async () => {
  const faults = [
    { endpoint: "session", status: 503, times: 2 },
    { endpoint: "render_status", reset_before: true, times: 3 },
  ];
  const { job, messages } = await runWith({ faults });
  expect(job.status).toBe("succeeded");
  expect(messages).toHaveLength(1);
});
