import { describe, expect, it } from "vitest";
import type { QueuedJob } from "../../src/domain/job.ts";
import { startBench, type Fault } from "../support/stage-bench.ts";

type Bench = Awaited<ReturnType<typeof startBench>>;
type Ended = Awaited<ReturnType<Bench["run"]>>;

const instruction =
  "Make a 6 second video. Resolution 128x72.\n\nThe harbour wakes before the city does.\n\nNets dry in the wind, and gulls argue.";
const edit = /clips.*reorder/i;

const factsIn = ({ ledger }: Ended, type: string) => ledger.filter((entry) => entry["type"] === type);
const charged = (ended: Ended) => factsIn(ended, "run_ended").map(({ credits }) => credits);
const kinds = (ended: Ended) => factsIn(ended, "message").map(({ intent }) => intent);
const sessionIn = (ended: Ended) => ended.backendSession;

/** A bench whose backend ends its replies with a request to drag and drop. */
const askingBench = async (dialect: "first" | "last") => await startBench(dialect, { settings: { dragShare: 1 } });

async function run(
  bench: Bench,
  job: Partial<QueuedJob>,
  faults: Fault[] = [],
  session: Ended["backendSession"] = null,
) {
  const input = { textKey: null, files: [], urls: [], instruction };
  return await bench.run({ plan: ["generate"], allowEdits: true, input, ...job }, faults, session);
}

function replyOf({ job }: Ended): string {
  if (job.made.message?.state !== "finished") throw new Error("It has no finished message");
  return job.made.message.text;
}

describe.each(["first", "last"] as const)("in the dialect '%s', a reply that asks for an edit by hand", (dialect) => {
  it("has it carried out by a second message where the job allows that: 100 and 50 credits, and both are told of", async () => {
    const bench = await askingBench(dialect);
    const ended = await run(bench, { plan: ["generate", "export"] });
    expect(ended.code).toBe("succeeded");
    expect([kinds(ended), charged(ended)]).toEqual([
      ["generate", "reorder"],
      [100, 50],
    ]);
    expect(ended.job.plan).toEqual(["generate", "generate", "export"]);
    expect(ended.job.made.creditsUsed).toBe(150);
    expect(factsIn(ended, "message")[1]?.["text"]).toMatch(edit);
    expect(replyOf(ended)).toMatch(/done: 2 scenes[^]*another order/);
    expect(replyOf(ended)).not.toMatch(/drag|click/i);
    expect(ended.job.made.changes).toEqual([
      expect.stringContaining("Video added"),
      expect.stringContaining("Video added"),
      expect.stringContaining("BGM added"),
      expect.stringContaining("Title added"),
      expect.stringContaining("reordered"),
    ]);
    expect(factsIn(ended, "render").map(({ event }) => event)).toEqual(["submitted", "completed"]);
    expect(new Set(percentsOf(ended)).size).toBeGreaterThan(3);
    expect(percentsOf(ended)).toEqual(percentsOf(ended).toSorted((a, b) => a - b));
  });

  it("is reported, and costs nothing, where the job does not allow it", async () => {
    const bench = await askingBench(dialect);
    const ended = await run(bench, { allowEdits: false });
    expect([ended.code, charged(ended), ended.job.plan]).toEqual(["succeeded", [100], ["generate"]]);
    expect(ended.job.made.message).toMatchObject({ actions: expect.arrayContaining(["edit", "export"]) });
    expect(replyOf(ended)).not.toMatch(/drag|click/i);
  });

  it("is not carried out where the reply was lost on the way", async () => {
    const bench = await askingBench(dialect);
    const ended = await run(bench, {}, [{ endpoint: "message", reset_after: true }]);
    expect([ended.code, charged(ended)]).toEqual(["succeeded", [100]]);
    // What was made is told all the same.
    expect(replyOf(ended)).toBe(ended.job.made.changes.join("\n"));
    expect(ended.job.made.changes[0]).toMatch(/^Video added: /);
  });

  it("is sent once, also where the outcome of its message is unknown", async () => {
    const bench = await askingBench(dialect);
    const ended = await run(bench, { plan: ["generate", "export"] }, [
      { endpoint: "message", reset_after: true, nth: 2 },
    ]);
    expect([ended.code, charged(ended)]).toEqual(["succeeded", [100, 50]]);
    expect(ended.job.made.message).toMatchObject({ recovered: true });
    expect(replyOf(ended)).toMatch(/done: 2 scenes[^]*2 clips of Video reordered/);
    expect(ended.job.made.creditsUsed).toBe(150);
  });

  it("ends the job as outcome_unknown where nothing is seen of it, with what the first message made", async () => {
    const bench = await askingBench(dialect);
    const ended = await run(bench, {}, [{ endpoint: "message", reset_before: true, nth: 2 }]);
    expect([ended.code, charged(ended)]).toEqual(["outcome_unknown", [100]]);
    expect(ended.job).toMatchObject({
      stageIndex: 1,
      made: { message: { state: "sending" }, edit: { text: expect.stringMatching(edit) }, creditsUsed: 100 },
    });
    expect(ended.job.made.timeline).not.toBeNull();
  });

  it("is tried again where it certainly was not carried out", async () => {
    const bench = await askingBench(dialect);
    const ended = await run(bench, {}, [{ endpoint: "message", status: 429, nth: 2 }]);
    expect([ended.code, charged(ended)]).toEqual(["succeeded", [100, 50]]);
  });

  it("goes to no new session where the old one is gone: what the first message made was in it", async () => {
    const bench = await askingBench(dialect);
    const ended = await run(bench, {}, [{ endpoint: "message", code: 1002, nth: 2 }]);
    expect([ended.code, charged(ended)]).toEqual(["session_gone", [100]]);
    expect(factsIn(ended, "session")).toHaveLength(1);
  });
});

const percentsOf = ({ events }: Ended): number[] =>
  events.flatMap((event) => /"type":"job.progress".*"percent":(\d+)/.exec(event)?.[1] ?? []).map(Number);

describe.each(["first", "last"] as const)("in the dialect '%s', a silent edit", (dialect) => {
  /** An edit in a session with a timeline, whose stream says nothing. */
  async function silently(words: string, faults: Fault[] = [{ endpoint: "message", silent: true }]) {
    const bench = await startBench(dialect);
    const made = await run(bench, { allowEdits: false });
    const input = { textKey: null, files: [], urls: [], instruction: words };
    return await run(bench, { input, ownsSession: false }, faults, sessionIn(made));
  }

  it("is answered with what it changed", async () => {
    const ended = await silently('Add a title "Paradise Found" and set the music volume to 60%');
    expect([ended.code, charged(ended)]).toEqual(["succeeded", [50]]);
    expect(replyOf(ended)).toContain("Paradise Found");
    expect(replyOf(ended)).toMatch(/BGM louder: .*35% → 60%/);
    expect(ended.job.made.changes).toEqual(replyOf(ended).split("\n"));
  });

  it("is answered in the language of the request", async () => {
    const ended = await silently("把音量调到百分之60");
    expect(replyOf(ended)).toMatch(/音量调大：.*35% → 60%/);
  });

  it("is answered so too where the connection broke, by whoever recovers it", async () => {
    const ended = await silently("Remove the music", [{ endpoint: "message", reset_after: true }]);
    expect(ended.job.made.message).toMatchObject({ recovered: true, text: expect.stringMatching(/^BGM removed: /) });
  });

  it("is answered plainly where there are no words for what changed", async () => {
    const ended = await silently("make it punchier");
    expect(replyOf(ended)).toBe("The timeline was changed.");
    expect(ended.job.made.changes).toEqual([]);
  });
});

it("a reply without text about a timeline that has not changed says so", async () => {
  const bench = await startBench("first");
  const made = await run(bench, { allowEdits: false });
  const input = { textKey: null, files: [], urls: [], instruction: "How long is the video?" };
  const faults = [{ endpoint: "message", silent: true }];
  const ended = await run(bench, { input, ownsSession: false }, faults, sessionIn(made));
  expect([replyOf(ended), charged(ended)]).toEqual(["Nothing on the timeline has changed.", [0]]);
});

describe("a wish for another aspect ratio than what the session holds", () => {
  const wish = { output: { format: "mp4", quality: "high", aspect_ratio: "9:16" } } as const;

  it("is refused before anything is sent", async () => {
    const bench = await startBench("first");
    const made = await run(bench, { allowEdits: false });
    const ended = await run(bench, { ...wish, ownsSession: false }, [], sessionIn(made));
    expect(ended.job).toMatchObject({
      error: { code: "output_not_possible", detail: expect.stringMatching(/128 × 72.*9:16/) },
      made: { message: null },
    });
    expect(factsIn(ended, "message")).toEqual([]);
  });

  it("is fine where the session is empty, and for the edit that follows in it", async () => {
    const bench = await askingBench("first");
    const input = {
      textKey: null,
      files: [],
      urls: [],
      instruction: "Make a 3 second video. Harbour. Resolution 128x72.",
    };
    const ended = await run(bench, { ...wish, input });
    expect([ended.code, charged(ended)]).toEqual(["succeeded", [100, 50]]);
  });
});

describe.each(["first", "last"] as const)("in the dialect '%s', a generation", (dialect) => {
  it("is told of in its two stages", async () => {
    const bench = await startBench(dialect, { newsEveryMs: 1, settings: { speed: 150 } });
    const ended = await run(bench, { allowEdits: false });
    const texts = textsOf(ended);
    const first = texts.find((text) => text.startsWith("First cut: "));
    expect(first).toMatch(/^First cut: Timeline \(1 track\): 1\. Video: /);
    expect(texts.filter((text) => text.startsWith("First cut: "))).toHaveLength(1);
    expect(texts.find((text) => text.startsWith("Then: "))).toMatch(/^Then: .*BGM added: .*Title added: /);
  });

  it("is none the worse for a state that cannot be read meanwhile", async () => {
    const bench = await startBench(dialect, { newsEveryMs: 1, settings: { speed: 150 } });
    const ended = await run(bench, { allowEdits: false }, [{ endpoint: "state", nth: 2, times: 4, status: 404 }]);
    expect([ended.code, charged(ended)]).toEqual(["succeeded", [100]]);
  });
});

const textsOf = ({ events }: Ended): string[] =>
  events
    .flatMap((event) => /^\{"type":"job.text","text":(".*")\}$/s.exec(event)?.[1] ?? [])
    .map((text) => String(JSON.parse(text)));
