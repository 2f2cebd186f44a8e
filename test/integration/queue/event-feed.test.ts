import { expect, it, onTestFinished } from "vitest";
import type { KeptJobEvent } from "../../../src/domain/job-event.ts";
import { connectRedis } from "../../../src/queue/connection.ts";
import { createEventFeed } from "../../../src/queue/event-feed.ts";
import { claimedJob, endJob } from "../../support/claimed-job.ts";
import { openQueue } from "../../support/queue.ts";
import { queuedJob } from "../../support/queued-job.ts";
import { redisUrl } from "../../support/redis.ts";

function openFeed() {
  const queue = openQueue();
  const subscriber = connectRedis(redisUrl(), "patient", () => undefined);
  onTestFinished(() => subscriber.disconnect());
  return { queue, feed: createEventFeed({ redis: queue.redis, subscriber, keys: queue.keys }) };
}

const never = new AbortController().signal;

async function collect(events: AsyncIterable<KeptJobEvent>): Promise<KeptJobEvent[]> {
  const all: KeptJobEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

it("gives what is kept, then what comes, and ends after the final event", async () => {
  const { queue, feed } = openFeed();
  const job = queuedJob();
  await queue.store.submit(job);
  const collected = collect(feed.follow("default", job.id, { afterId: null, signal: never }));
  const claim = await claimedJob(queue, job);
  await claim.emit({ type: "job.text", text: "Ready" }, { percent: 12, text: "Ready" });
  await endJob(claim);
  const types = (await collected).map(({ event }) => event.type);
  expect(types).toEqual(["job.queued", "job.stage", "job.text", "job.failed"]);
  expect((await queue.store.load("default", job.id))?.circumstances.progress.percent).toBe(12);
});

it("resumes after the event that was seen last", async () => {
  const { queue, feed } = openFeed();
  const job = queuedJob();
  await queue.store.submit(job);
  await endJob(await claimedJob(queue, job));
  const all = await collect(feed.follow("default", job.id, { afterId: null, signal: never }));
  const rest = await collect(feed.follow("default", job.id, { afterId: all[0]?.id ?? null, signal: never }));
  expect(rest).toEqual(all.slice(1));
  expect(await collect(feed.follow("default", job.id, { afterId: all.at(-1)?.id ?? null, signal: never }))).toEqual([]);
});

it("ends when the follower goes away, and forgets it", async () => {
  const { queue, feed } = openFeed();
  const job = queuedJob();
  await queue.store.submit(job);
  const gone = new AbortController();
  const followed = feed.follow("default", job.id, { afterId: null, signal: gone.signal });
  expect((await followed.next()).value?.event.type).toBe("job.queued");
  const next = followed.next();
  gone.abort();
  expect((await next).done).toBe(true);
});

it("gives every follower all pages of a long history", async () => {
  const { queue, feed } = openFeed();
  const job = queuedJob();
  await queue.store.submit(job);
  const claim = await claimedJob(queue, job);
  for (let i = 0; i < 250; i++) await claim.emit({ type: "job.text", text: String(i) });
  await endJob(claim);
  expect(await collect(feed.follow("default", job.id, { afterId: null, signal: never }))).toHaveLength(253);
});

it("keeps about the last 2,000 events of a job, however many there were", async () => {
  const { queue } = openFeed();
  const job = queuedJob();
  await queue.store.submit(job);
  const claim = await claimedJob(queue, job);
  await Promise.all(Array.from({ length: 2_500 }, async () => await claim.emit({ type: "job.text", text: "More." })));
  await claim.emit({ type: "job.text", text: "The last one." });
  const kept = await queue.redis.xrevrange(queue.keys.events(job), "+", "-");
  // Redis lets go of them a node of its stream at a time.
  expect(kept.length).toBeGreaterThanOrEqual(2_000);
  expect(kept.length).toBeLessThanOrEqual(2_200);
  expect(kept[0]?.[1].join()).toContain("The last one.");
});
