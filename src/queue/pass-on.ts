import { hasEnded } from "../domain/job.ts";
import type { Admission } from "./admission.ts";
import { queueEntryOf, type StoredJob } from "./job-record.ts";
import { webhookEntryOf, type Queues } from "./queues.ts";

/** After a record has moved on, the queues follow. Whatever does not come to pass here is mended by the sweeper. */
export function createPassOn({ queues, admission }: { queues: Queues; admission: Admission }) {
  return async function passOn(stored: StoredJob): Promise<void> {
    const { job } = stored;
    if (!hasEnded(job)) return await queues.addStage(queueEntryOf(stored));
    if (job.webhook?.events.includes(`job.${job.status}`) === true) await queues.addWebhook(webhookEntryOf(job));
    await admission.kick();
  };
}

export type PassOn = ReturnType<typeof createPassOn>;
