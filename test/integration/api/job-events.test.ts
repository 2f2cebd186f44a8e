import { EventSourceParserStream } from "eventsource-parser/stream";
import { describe, expect, it } from "vitest";
import type { KeptJobEvent } from "../../../src/domain/job-event.ts";
import { newId } from "../../../src/new-id.ts";
import { apiKey, otherApiKey, postJob, scriptJob, startApi, type TestApi } from "../../support/api.ts";
import { claimedJob, endJob } from "../../support/claimed-job.ts";
import { problemIn } from "../../support/problem.ts";
import { connectTo } from "../../support/raw-http.ts";

type Seen = { id: string; event: string; data: { type: string } };

async function submitted(api: TestApi) {
  const { id } = (await (await postJob(api, scriptJob)).json()) as { id: string };
  const { jobs } = await api.queue.store.list("default", { limit: 1, before: null, status: null });
  const job = jobs[0]?.job;
  if (job?.id !== id || job.status !== "queued") throw new Error("unreachable");
  return job;
}

/** The events of a stream, one by one; comments and the retry field are not events. */
async function* eventsOf(response: Response): AsyncGenerator<Seen> {
  if (response.body === null) throw new Error("no body");
  const parsed = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { id, event, data } of parsed) yield { id: id ?? "", event: event ?? "", data: JSON.parse(data) };
}

async function allOf(response: Response): Promise<Seen[]> {
  const all: Seen[] = [];
  for await (const event of eventsOf(response)) all.push(event);
  return all;
}

async function firstOf(events: AsyncGenerator<Seen>): Promise<Seen> {
  const { value, done } = await events.next();
  if (done === true) throw new Error("the stream ended before its first event");
  return value;
}

const endless = async function* (signal: AbortSignal, text: string): AsyncGenerator<KeptJobEvent> {
  for (let i = 1; !signal.aborted; i++) yield { id: `${i}-0`, event: { type: "job.text", text } };
};

describe("GET /v1/jobs/{id}/events", () => {
  it("tells what has happened, then what happens, and ends with the job", async () => {
    const api = await startApi();
    const job = await submitted(api);
    const response = await api.request(`/v1/jobs/${job.id}/events`);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const events = eventsOf(response);
    const first = await firstOf(events);
    expect(first).toMatchObject({ event: "job.queued", data: { type: "job.queued" } });
    const claim = await claimedJob(api.queue, job);
    await claim.emit({ type: "job.text", text: "Zeile 1\nZeile 2 \u2028 港口" });
    await endJob(claim);
    const rest: Seen[] = [];
    for await (const event of events) rest.push(event);
    expect(rest.map(({ event }) => event)).toEqual(["job.stage", "job.text", "job.failed"]);
    expect(rest[1]?.data).toEqual({ type: "job.text", text: "Zeile 1\nZeile 2 \u2028 港口" });
  });

  it("goes on after the event that was seen last, by header or by query", async () => {
    const api = await startApi();
    const job = await submitted(api);
    await endJob(await claimedJob(api.queue, job));
    const path = `/v1/jobs/${job.id}/events`;
    const all = await allOf(await api.request(path));
    expect(all.map(({ event }) => event)).toEqual(["job.queued", "job.stage", "job.failed"]);
    const [first] = all;
    const byHeader = await allOf(await api.request(path, { headers: { "last-event-id": first?.id ?? "" } }));
    const byQuery = await allOf(await api.request(`${path}?last_event_id=${first?.id}`));
    expect(byHeader).toEqual(all.slice(1));
    expect(byQuery).toEqual(all.slice(1));
  });

  it("answers 204 when everything was seen, so that clients stop connecting", async () => {
    const api = await startApi();
    const job = await submitted(api);
    await endJob(await claimedJob(api.queue, job));
    const path = `/v1/jobs/${job.id}/events`;
    const last = (await allOf(await api.request(path))).at(-1);
    const response = await api.request(path, { headers: { "last-event-id": last?.id ?? "" } });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
  });

  it.each(["17", "abc", "1-1\u00e9", "$", "1-0-0"])("refuses %j as the id of an event", async (id) => {
    const api = await startApi();
    const job = await submitted(api);
    const response = await api.request(`/v1/jobs/${job.id}/events`, { headers: { "last-event-id": id } });
    expect(await problemIn(response)).toMatchObject({ status: 400, errors: [{ in: "header", path: "last-event-id" }] });
  });

  it("does not know the job of another tenant", async () => {
    const api = await startApi();
    const job = await submitted(api);
    const response = await api.request(`/v1/jobs/${job.id}/events`, { key: otherApiKey });
    expect(await problemIn(response)).toMatchObject({ status: 404, code: "not_found" });
    expect(await problemIn(await api.request(`/v1/jobs/${newId("job")}/events`))).toMatchObject({ status: 404 });
  });

  it("says that it is alive while nothing happens", async () => {
    const api = await startApi({ override: () => ({ limits: { heartbeatMs: 5 } }) });
    const job = await submitted(api);
    const response = await api.request(`/v1/jobs/${job.id}/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!/event: job\.queued[^]*: heartbeat\n\n: heartbeat\n\n/.test(text))
      text += (await reader?.read())?.value ?? "";
    expect(text).toMatch(
      /^retry: 2000\n\n(?:: heartbeat\n\n)*id: \d+-\d+\nevent: job\.queued\ndata: .*\n\n(?:: heartbeat\n\n)+$/,
    );
    await reader?.cancel();
  });

  it("keeps no more streams open than its limit, and frees the place of a client that is gone", async () => {
    const api = await startApi({ override: () => ({ limits: { maxEventStreams: 1 } }) });
    const job = await submitted(api);
    const path = `/v1/jobs/${job.id}/events`;
    const watching = new AbortController();
    const first = await api.request(path, { signal: watching.signal });
    expect(first.status).toBe(200);
    const refused = await api.request(path);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await problemIn(refused)).toMatchObject({ status: 429, code: "too_many_requests" });
    watching.abort();
    await expect.poll(async () => (await api.request(path)).status).toBe(200);
  });

  it("gives back its place also when the stream could not begin", async () => {
    const api = await startApi({ override: () => ({ limits: { maxEventStreams: 1 } }) });
    for (let i = 0; i < 3; i++) {
      const response = await api.request(`/v1/jobs/${newId("job")}/events`);
      expect(response.status).toBe(404);
      await response.text();
    }
  });

  it("stops following when the client is gone", async () => {
    const stopped = Promise.withResolvers<void>();
    const api = await startApi({
      override: ({ events }) => ({
        events: {
          follow: async function* (tenant, id, options) {
            try {
              yield* events.follow(tenant, id, options);
            } finally {
              stopped.resolve();
            }
          },
        },
      }),
    });
    const job = await submitted(api);
    const watching = new AbortController();
    await firstOf(eventsOf(await api.request(`/v1/jobs/${job.id}/events`, { signal: watching.signal })));
    watching.abort();
    await stopped.promise;
    await expect.poll(() => api.logged()).toContain('"outcome":"client gone"');
  });

  it("waits for a slow reader, and gives up on one that has stopped reading", async () => {
    let produced = 0;
    const stopped = Promise.withResolvers<void>();
    const api = await startApi({
      override: () => ({
        limits: { idleConnectionMs: 300, heartbeatMs: 50 },
        events: {
          follow: async function* (_tenant, _id, { signal }) {
            try {
              for await (const event of endless(signal, "x".repeat(100_000))) {
                produced += 1;
                yield event;
              }
            } finally {
              stopped.resolve();
            }
          },
        },
      }),
    });
    const job = await submitted(api);
    const socket = await connectTo(api.origin);
    socket.write(`GET /v1/jobs/${job.id}/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${apiKey}\r\n\r\n`);
    // Nobody reads; what is produced until then fits into the buffers of the two ends.
    await stopped.promise;
    expect(produced).toBeGreaterThan(1);
    expect(produced).toBeLessThan(500);
    socket.destroy();
  });

  it("cuts the stream, so that the client comes back, when events cannot be read any more", async () => {
    const api = await startApi({
      override: () => ({
        events: {
          follow: async function* () {
            yield { id: "1-0", event: { type: "job.queued" } };
            throw new Error("Redis is away");
          },
        },
      }),
    });
    const job = await submitted(api);
    const events = eventsOf(await api.request(`/v1/jobs/${job.id}/events`));
    await firstOf(events);
    await expect(events.next()).rejects.toThrow("terminated");
    await expect.poll(() => api.logged()).toContain('"outcome":"cut off"');
    expect(api.logged()).toContain("Redis is away");
  });

  it("ends when the service stops, which does not wait for its clients", async () => {
    const api = await startApi();
    const job = await submitted(api);
    const events = eventsOf(await api.request(`/v1/jobs/${job.id}/events`));
    await firstOf(events);
    await api.app.close();
    expect((await events.next()).done).toBe(true);
  });
});
