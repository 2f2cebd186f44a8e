import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { z } from "zod";
import { eventIdSchema, jobIdSchema } from "../domain/id.ts";
import { stageSchema, type Stage } from "../domain/job-request.ts";
import type { EndedJob } from "../domain/job.ts";
import type { QueueEntry } from "./job-record.ts";
import type { Keys } from "./keys.ts";

/**
 * The catalogue of BullMQ queues: one per stage, and one for webhooks. Entries carry ids only; what they mean is in the record.
 * An entry's id is made from its content, so that adding it twice, after a lost reply or by the sweeper, adds it once.
 */
export const queueEntrySchema = z.object({
  tenant: z.string(),
  jobId: jobIdSchema,
  stage: stageSchema,
  epoch: z.number().int(),
});

export const webhookEntrySchema = z.object({
  tenant: z.string(),
  jobId: jobIdSchema,
  eventId: eventIdSchema,
});
export type WebhookEntry = z.infer<typeof webhookEntrySchema>;

export const webhookQueue = "webhook";

/**
 * Expected failures end a job through its record, so what makes BullMQ try again is a bug or an unreachable Redis: keep trying,
 * ever more slowly. Entries leave nothing behind; the record says how it ended.
 */
const entryOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1_000_000,
  backoff: { type: "exponential", delay: 1_000, maxDelay: 60_000 },
} as const;

export function createQueues({ redis, keys, onError }: { redis: Redis; keys: Keys; onError: (error: Error) => void }) {
  const queueNamed = (name: string): Queue => {
    const queue = new Queue(name, {
      connection: redis,
      prefix: keys.bullPrefix,
      skipMetasUpdate: true,
    });
    queue.on("error", onError);
    return queue;
  };
  const byStage: Record<Stage, Queue> = {
    upload: queueNamed("upload"),
    generate: queueNamed("generate"),
    export: queueNamed("export"),
  };
  const webhooks = queueNamed(webhookQueue);

  async function has(queue: Queue, id: string): Promise<boolean> {
    return (await redis.exists(queue.toKey(id))) === 1;
  }

  return {
    async addStage(entry: QueueEntry): Promise<void> {
      await byStage[entry.stage].add(entry.stage, queueEntrySchema.parse(entry), {
        ...entryOptions,
        jobId: stageEntryId(entry),
      });
    },
    hasStage: async (entry: QueueEntry) => await has(byStage[entry.stage], stageEntryId(entry)),
    async addWebhook(entry: WebhookEntry): Promise<void> {
      await webhooks.add(webhookQueue, webhookEntrySchema.parse(entry), {
        ...entryOptions,
        jobId: entry.eventId,
      });
    },
    hasWebhook: async (entry: WebhookEntry) => await has(webhooks, entry.eventId),
    async close(): Promise<void> {
      await Promise.all([...Object.values(byStage), webhooks].map(async (queue) => await queue.close()));
    },
  };
}

export type Queues = ReturnType<typeof createQueues>;

function stageEntryId({ jobId, stage, epoch }: QueueEntry): string {
  return `${jobId}-${stage}-${epoch}`;
}

export function webhookEntryOf(job: EndedJob): WebhookEntry {
  return { tenant: job.tenant, jobId: job.id, eventId: job.eventId };
}
