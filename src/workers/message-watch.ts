import type { Backend } from "../backend-client/backend.ts";
import type { MessageEvent } from "../backend-client/message.ts";
import type { BackendSession } from "../backend-client/session.ts";
import type { Timeline } from "../domain/timeline.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { JobLanguages } from "./job-words.ts";
import { createLiveText } from "./live-text.ts";
import { reportProgress } from "./progress.ts";
import { createStageNews, firstCutText } from "./stage-news.ts";
import { timelineIn } from "./timeline-reading.ts";

/** Each sign of progress brings the bar this much of the remaining way forward, since the backend gives no percentage. */
const stepOfRest = 0.15;

type WatchDeps = { backend: Backend; languages: JobLanguages; newsEveryMs: number };
type Watched = {
  claim: Claim;
  session: BackendSession;
  /** There was nothing on the timeline before. */
  isFirst: boolean;
};

/** Passes what comes from the stream of a message on to whoever watches the job. */
export function watchMessage({ backend, languages, newsEveryMs }: WatchDeps, { claim, session, isFirst }: Watched) {
  let fraction = 0.05;
  let passedOn: Promise<void> = Promise.resolve();
  const say = async (text: string): Promise<void> => await claim.emit({ type: "job.text", text });
  const live = createLiveText(say);
  const news = createStageNews({
    look: async (signal) => timelineIn(await backend.readState({ session, signal })),
    onFirstCut: async (timeline) => await say(firstCutText(timeline, await languages.ofCaller(claim.job))),
    everyMs: newsEveryMs,
  });

  async function pass(event: MessageEvent): Promise<void> {
    switch (event.type) {
      case "text":
        await live.add(event.text);
        return;
      case "still_working":
        await say(event.text);
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
      if (isFirst && event.type === "tool") news.onTool();
      // In order, and without holding the stream up; what fails here shows at `end`.
      passedOn = passedOn.then(async () => await pass(event));
      passedOn.catch(() => undefined);
    },
    /** Returns what the first cut was, where it was seen. */
    async end(): Promise<Timeline | null> {
      const firstCut = await news.end();
      await passedOn;
      await live.end();
      return firstCut;
    },
  };
}
