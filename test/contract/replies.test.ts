import { describe, expect, it } from "vitest";
import { startBench, type Fault } from "../support/stage-bench.ts";

/** The first look at the state is before the message; this is what was made. */
const stateAfterwards: Fault = { endpoint: "state", nth: 2, status: 503 };

describe.each(["first", "last"] as const)(
  "in the dialect '%s', a reply that came to its end before the state could not be read",
  (dialect) => {
    it("is the answer, also where nothing on the timeline shows that there was one", async () => {
      const bench = await startBench(dialect);
      const session = await bench.sessionWithTimeline();
      const input = { textKey: null, files: [], urls: [], instruction: "What is on the timeline?" };
      const asked = { plan: ["generate"] as ["generate"], ownsSession: false, input };
      const ended = await bench.run(asked, [stateAfterwards], session);
      expect(ended.code).toBe("succeeded");
      expect(ended.job.made.message).toMatchObject({ text: expect.stringContaining("timeline"), recovered: false });
      expect(ended.sends).toHaveLength(1);
    });

    it("has the edit carried out that it asks for", async () => {
      const bench = await startBench(dialect, { settings: { dragShare: 1 } });
      const ended = await bench.generate({ plan: ["generate"], allowEdits: true }, [stateAfterwards]);
      expect(ended.code).toBe("succeeded");
      expect(ended.job.plan).toEqual(["generate", "generate"]);
      expect(ended.sends).toHaveLength(2);
    });
  },
);
