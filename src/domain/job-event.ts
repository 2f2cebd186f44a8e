import { z } from "zod";
import { hasEnded, jobErrorSchema, stageOf, type Job } from "./job.ts";
import { stageSchema } from "./job-request.ts";
import { waitingSchema } from "./waiting.ts";

/** What happens to a job while someone watches: the `data` of `GET /v1/jobs/{id}/events`. */
export const jobEventSchema = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("job.queued") }),
    z.object({ type: z.literal("job.waiting"), waiting: waitingSchema }),
    z.object({ type: z.literal("job.stage"), stage: stageSchema }),
    z.object({
      type: z.literal("job.progress"),
      stage: stageSchema,
      percent: z.number().min(0).max(100),
    }),
    z.object({ type: z.literal("job.text"), text: z.string() }),
    z.object({ type: z.literal("job.succeeded") }),
    z.object({ type: z.literal("job.failed"), error: jobErrorSchema }),
    z.object({ type: z.literal("job.canceled") }),
  ])
  .meta({ id: "JobEvent" });
export type JobEvent = z.infer<typeof jobEventSchema>;

/** An event as it is kept: `id` is the resumable position of the SSE stream. */
export type KeptJobEvent = { id: string; event: JobEvent };

export function isFinalEvent(event: JobEvent): boolean {
  return event.type === "job.succeeded" || event.type === "job.failed" || event.type === "job.canceled";
}

/** The events that a change of the record amounts to; `before` is null for a job just accepted. */
export function eventsOfChange(before: Job | null, after: Job): JobEvent[] {
  if (before === null) return [{ type: "job.queued" }];
  if (hasEnded(after)) return [endEvent(after)];
  const newStage = after.status === "running" && (before.status === "queued" || before.stageIndex !== after.stageIndex);
  return newStage ? [{ type: "job.stage", stage: stageOf(after) }] : [];
}

function endEvent(job: Extract<Job, { finishedAtMs: number }>): JobEvent {
  switch (job.status) {
    case "succeeded":
      return { type: "job.succeeded" };
    case "failed":
      return { type: "job.failed", error: job.error };
    case "canceled":
      return { type: "job.canceled" };
  }
}
