import { describe, expect, it } from "vitest";
import { startBench } from "../support/stage-bench.ts";

type Bench = Awaited<ReturnType<typeof startBench>>;
type Ended = Awaited<ReturnType<Bench["run"]>>;

const minuteMs = 60_000;
const endpointsIn = ({ ledger }: Ended) =>
  ledger.flatMap(({ type, endpoint }) => (type === "request" && typeof endpoint === "string" ? [endpoint] : []));
const callsOf = (ended: Ended, ...names: string[]) => endpointsIn(ended).filter((name) => names.includes(name));
const factsIn = ({ ledger }: Ended, type: string) => ledger.filter((entry) => entry["type"] === type);

/** A job that has generated something and is about to export it, in a session that is gone. */
async function generatedAndGone(bench: Bench) {
  const { job, backendSession } = await bench.generate({ plan: ["generate"] }, []);
  await bench.local.settings({ drop_session: backendSession?.backendSessionId });
  return { made: job.made, backendSession };
}

describe.each(["first", "last"] as const)("in the dialect '%s'", (dialect) => {
  describe("an export", () => {
    it("looks at its render for the first time after 30 s", async () => {
      const bench = await startBench(dialect);
      const ended = await bench.run({ plan: ["export"] }, [], await bench.sessionWithTimeline());
      expect(ended.waitsMs).toEqual([30_000]);
      expect(callsOf(ended, "render_submit", "render_status")).toEqual(["render_submit", "render_status"]);
    });

    it("looks every 30 s, gives up after 30 minutes, and cancels", async () => {
      const bench = await startBench(dialect);
      const stuck = { endpoint: "render_status", times: 100, status: 200, body: { status: "processing", progress: 7 } };
      const ended = await bench.run({ plan: ["export"] }, [stuck], await bench.sessionWithTimeline());
      expect(ended.code).toBe("deadline_exceeded");
      expect(new Set(ended.waitsMs)).toEqual(new Set([30_000]));
      expect(callsOf(ended, "render_status")).toHaveLength(61);
      expect(callsOf(ended, "cancel")).toHaveLength(1);
    });

    it("asks again 30 s after a render was not found, and then submits the same id", async () => {
      const bench = await startBench(dialect);
      const lost = { endpoint: "render_submit", reset_before: true };
      const ended = await bench.run({ plan: ["export"] }, [lost], await bench.sessionWithTimeline());
      expect(ended.code).toBe("succeeded");
      expect(callsOf(ended, "render_submit", "render_status")).toEqual([
        "render_submit",
        "render_status",
        "render_status",
        "render_submit",
        "render_status",
      ]);
      expect(ended.renderIds.size).toBe(1);
    });

    it("takes a render that exists already for accepted", async () => {
      const bench = await startBench(dialect);
      const hidden = { endpoint: "render_status", status: 404, times: 2 };
      const ended = await bench.run({ plan: ["export"] }, [hidden], await bench.sessionWithTimeline());
      expect(ended.code).toBe("succeeded");
      expect(callsOf(ended, "render_submit")).toHaveLength(2);
      expect(factsIn(ended, "render").map(({ event }) => event)).toEqual(["submitted", "completed"]);
    });

    it("renders the draft that was kept in a new session, where the old one is gone, and leaves the job's own as it is", async () => {
      const bench = await startBench(dialect);
      const { made, backendSession } = await generatedAndGone(bench);
      const ended = await bench.run({ plan: ["export"], made }, [], backendSession);
      expect(ended.code).toBe("succeeded");
      expect(factsIn(ended, "session")).toHaveLength(1);
      expect(ended.backendSession).toEqual(backendSession);
    });

    it("does so once more under a new id, there too, when that fails", async () => {
      const bench = await startBench(dialect);
      const { made, backendSession } = await generatedAndGone(bench);
      const failing = { endpoint: "render_submit", render_fail: true, nth: 2 };
      const ended = await bench.run({ plan: ["export"], made }, [failing], backendSession);
      expect(ended.code).toBe("succeeded");
      expect(factsIn(ended, "session")).toHaveLength(1);
      expect(ended.renderIds.size).toBe(2);
    });

    it("fails as session_gone where the session is gone and no draft was kept", async () => {
      const bench = await startBench(dialect);
      const { backendSession } = await generatedAndGone(bench);
      const ended = await bench.run({ plan: ["export"] }, [], backendSession);
      expect(ended.code).toBe("session_gone");
      expect(factsIn(ended, "session")).toEqual([]);
    });
  });

  describe("a message to a session that is gone", () => {
    it("goes to a new one where the job owns it, and nothing was in it", async () => {
      const bench = await startBench(dialect);
      const { backendSession } = await generatedAndGone(bench);
      const ended = await bench.generate({ plan: ["generate"] }, [], [], backendSession);
      expect(ended.code).toBe("succeeded");
      expect(ended.backendSession).not.toEqual(backendSession);
      expect(factsIn(ended, "message")).toHaveLength(1);
    });

    it("does so too where the session goes just before the message arrives", async () => {
      const bench = await startBench(dialect);
      const ended = await bench.generate({ plan: ["generate"] }, [{ endpoint: "message", code: 1002 }]);
      expect(ended.code).toBe("succeeded");
      expect(factsIn(ended, "session")).toHaveLength(2);
    });

    it("fails as session_gone where earlier jobs built what was in it, and says so", async () => {
      const bench = await startBench(dialect);
      const { backendSession } = await generatedAndGone(bench);
      const ended = await bench.generate({ plan: ["generate"], ownsSession: false }, [], [], backendSession);
      expect(ended.job).toMatchObject({
        status: "failed",
        error: { code: "session_gone", detail: expect.stringContaining("what was in it") },
      });
      expect(factsIn(ended, "message")).toEqual([]);
    });

    it("tries one new session, and not another", async () => {
      const bench = await startBench(dialect);
      const gone = { endpoint: "message", code: 1002, times: 5 };
      const ended = await bench.generate({ plan: ["generate"] }, [gone]);
      expect(ended.code).toBe("session_gone");
      expect(factsIn(ended, "session")).toHaveLength(2);
    });

    it("stays of unknown outcome where the session goes while it is recovered", async () => {
      const bench = await startBench(dialect);
      const cut = { endpoint: "message", cut_at_event: 1 };
      const ended = await bench.generate({ plan: ["generate"] }, [cut, { endpoint: "state", code: 1002, nth: 2 }]);
      expect(ended.code).toBe("outcome_unknown");
      expect(factsIn(ended, "session")).toHaveLength(1);
    });
  });

  describe("a message of unknown outcome", () => {
    it("is recovered by reading the state after 30 s and then every 60 s, until two reads agree", async () => {
      const bench = await startBench(dialect);
      const ended = await bench.generate({ plan: ["generate"] }, [{ endpoint: "message", reset_after: true }]);
      expect(ended.code).toBe("succeeded");
      expect(ended.waitsMs).toEqual([30_000, minuteMs]);
      expect(ended.job.made.message).toMatchObject({ state: "finished", recovered: true });
    });

    it("is not taken for done while its run has credits frozen, however many reads agree", async () => {
      const bench = await startBench(dialect);
      const frozen = { code: 0, data: { available: 900, frozen: 100, total: 1_000 } };
      const ended = await bench.generate({ plan: ["generate"] }, [
        { endpoint: "message", reset_after: true },
        { endpoint: "credits", nth: 2, times: 3, status: 200, body: frozen },
      ]);
      expect(ended.code).toBe("succeeded");
      expect(ended.waitsMs).toEqual([30_000, minuteMs, minuteMs, minuteMs]);
    });

    it("ends as outcome_unknown when nothing can be seen of it for 15 minutes", async () => {
      const bench = await startBench(dialect);
      const ended = await bench.generate({ plan: ["generate"] }, [{ endpoint: "message", reset_before: true }]);
      expect(ended.code).toBe("outcome_unknown");
      expect(ended.waitsMs.reduce((sumMs, ms) => sumMs + ms, 0)).toBeGreaterThanOrEqual(15 * minuteMs);
      expect(callsOf(ended, "message")).toHaveLength(1);
    });
  });
});
