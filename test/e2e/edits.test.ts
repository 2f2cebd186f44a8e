import { expect, it } from "vitest";
import { jobViewSchema, type JobView } from "../../src/domain/job-view.ts";
import { startBackend, TOKEN } from "../support/local-backend.ts";
import { apiKey } from "../support/quick-settings.ts";
import { clientOfService, serviceSettings, startService } from "../support/service.ts";

const script =
  "Make a 6 second video. Resolution 90x160.\n\nThe harbour wakes before the city does.\n\nNets dry in the wind.";

/** A service whose backend ends its replies with a request to drag and drop. */
async function start({ speed = 5000 }: { speed?: number } = {}) {
  const backend = await startBackend({ settings: { speed, dragShare: 1 } });
  const service = await startService(await serviceSettings({ url: backend.url, token: TOKEN }));
  const client = clientOfService(service);
  async function post(
    path: string,
    body: object = {},
  ): Promise<{ status: number; code: unknown; job: JobView | null }> {
    const answer = await fetch(new URL(path, service.url), {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const said: unknown = await answer.json();
    const code: unknown = said !== null && typeof said === "object" ? Reflect.get(said, "code") : undefined;
    return { status: answer.status, code, job: jobViewSchema.safeParse(said).data ?? null };
  }
  /** Retries a job once that is refused without `resend`, and waits for the end of the new one. */
  async function retry(id: string): Promise<JobView> {
    expect(await post(`/v1/jobs/${id}/retry`)).toMatchObject({ status: 409, code: "resend_required" });
    const { job } = await post(`/v1/jobs/${id}/retry`, { resend: true });
    return (await client.finished(job?.id ?? "")).job;
  }
  const charged = async () => (await backend.ledger("run_ended")).map(({ credits }) => credits);
  const submit = async () => await client.submit({ type: "video", input: { text: script }, allow_edits: true });
  return { backend, client, post, retry, charged, submit };
}

it("does the edit that a reply asks for, and tells of both", async () => {
  const { client, charged, submit, backend } = await start();
  const { job, events } = await client.finished((await submit()).id);
  expect(job).toMatchObject({ status: "succeeded", result: { credits_used: 150, video: { width: 90, height: 160 } } });
  expect(await charged()).toEqual([100, 50]);
  expect(job.result?.reply).toMatch(/done: 2 scenes[^]*another order/);
  expect(job.result?.changes.at(-1)).toBe("2 clips of Video reordered");
  expect(job.result?.actions).toContain("edit");
  expect(events.flatMap((event) => (event.type === "job.stage" ? [event.stage] : []))).toEqual([
    "generate",
    "generate",
    "export",
  ]);
  const percents = events.flatMap((event) => (event.type === "job.progress" ? [event.percent] : []));
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect((await backend.ledger("render")).map(({ event }) => event)).toEqual(["submitted", "completed"]);
});

it("goes on at the edit when it is retried after an unknown outcome, and not with another generation", async () => {
  const { client, retry, charged, submit, backend } = await start();
  await backend.fault({ endpoint: "message", reset_before: true, nth: 2 });
  const { job } = await client.finished((await submit()).id);
  expect(job.error?.code).toBe("outcome_unknown");

  const again = await retry(job.id);
  expect(again).toMatchObject({ status: "succeeded", result: { credits_used: 150 } });
  expect(again.result?.actions).toEqual(expect.arrayContaining(["edit", "export"]));
  expect(again.result?.reply).toMatch(/done: 2 scenes[^]*another order/);
  expect(again.result?.changes).toHaveLength(5);
  expect(await charged()).toEqual([100, 50]);
});

it("starts over with the plan of its acceptance, when told to, where the session went before the edit", async () => {
  const { client, retry, charged, submit, backend } = await start();
  await backend.fault({ endpoint: "message", code: 1002, nth: 2 });
  const { job } = await client.finished((await submit()).id);
  expect(job).toMatchObject({ status: "failed", stage: "generate", error: { code: "session_gone" } });

  const again = await retry(job.id);
  expect(again).toMatchObject({ status: "succeeded", result: { credits_used: 150 } });
  expect(again.session_id).not.toBe(job.session_id);
  expect(again.result?.changes).toHaveLength(5);
  expect(await charged()).toEqual([100, 100, 50]);
});

it("leaves its session to come to rest, when it is cancelled during the edit", async () => {
  const { client, post, charged, submit, backend } = await start({ speed: 200 });
  const { id, session_id } = await submit();
  await backend.until("message", { intent: "reorder" });
  await post(`/v1/jobs/${id}/cancel`);
  expect((await client.finished(id)).job.status).toBe("canceled");
  const next = await client.submit({ type: "export", session_id, input: {} });
  expect((await client.finished(next.id)).job).toMatchObject({ status: "succeeded" });
  expect(await charged()).toEqual([100, 50]);
});
