import { JobFailure } from "../../src/domain/failure.ts";
import { eventIdSchema } from "../../src/domain/id.ts";
import type { QueuedJob } from "../../src/domain/job.ts";
import { failed } from "../../src/domain/transition.ts";
import { newId } from "../../src/new-id.ts";
import type { Claim } from "../../src/queue/job-claim.ts";
import { queueEntryOf } from "../../src/queue/job-record.ts";
import type { openQueue } from "./queue.ts";

/** Lets in whatever may start, and claims this job as a worker would. Fails when it was not let in. */
export async function claimedJob(queue: ReturnType<typeof openQueue>, { tenant, id }: QueuedJob): Promise<Claim> {
  await queue.admission.kick();
  const stored = await queue.records.load({ tenant, id });
  if (stored === null || !(await queue.queues.hasStage(queueEntryOf(stored)))) throw new Error(`${id} is in no queue`);
  const claim = await queue.claims.claim(queueEntryOf(stored));
  if (claim === null) throw new Error(`${id} cannot be claimed`);
  return claim;
}

export async function endJob(claim: Claim): Promise<void> {
  const ending = { nowMs: Date.now(), eventId: eventIdSchema.parse(newId("evt")) };
  await claim.update((job) => failed(job, new JobFailure("generation_failed"), ending));
}
