import type { MessageEvent } from "../backend-client/message.ts";
import type { Claim } from "../queue/job-claim.ts";
import { createLiveText } from "./live-text.ts";
import { reportProgress } from "./progress.ts";

/** Each sign of progress brings the bar this much of the remaining way forward, since the backend gives no percentage. */
const stepOfRest = 0.15;

/** Passes what comes from the stream of a message on to whoever watches the job. */
export function watchMessage(claim: Claim) {
  let fraction = 0.05;
  let passedOn: Promise<void> = Promise.resolve();
  const live = createLiveText(async (text) => await claim.emit({ type: "job.text", text }));

  async function pass(event: MessageEvent): Promise<void> {
    switch (event.type) {
      case "text":
        await live.add(event.text);
        return;
      case "still_working":
        await claim.emit({ type: "job.text", text: event.text });
        return;
      case "tool":
        // What was said before a tool is called is complete, whether or not it ends like a sentence.
        await live.end();
        fraction += (1 - fraction) * stepOfRest;
        await reportProgress(claim, fraction);
    }
  }

  return {
    onEvent(event: MessageEvent): void {
      // In order, and without holding the stream up; what fails here shows at `end`.
      passedOn = passedOn.then(async () => await pass(event));
      passedOn.catch(() => undefined);
    },
    async end(): Promise<void> {
      await passedOn;
      await live.end();
    },
  };
}
