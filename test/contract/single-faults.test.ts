import { describe, expect, it } from "vitest";
import { quickLimits, startBench, type Fault } from "../support/stage-bench.ts";

/** What can befall any call, and how a job ends that meets it once: unless it says otherwise below, as `end`. */
const anywhere: [what: string, fault: Record<string, unknown>, end: string][] = [
  ["a 503", { status: 503 }, "succeeded"],
  ["a 500 after the work was done", { status: 500, after_work: true }, "succeeded"],
  ["a 429", { status: 429 }, "succeeded"],
  ["no answer", { hang: "before" }, "succeeded"],
  ["no answer after the work was done", { hang: "after" }, "succeeded"],
  ["a reset", { reset_before: true }, "succeeded"],
  ["a reset after the work was done", { reset_after: true }, "succeeded"],
  ["an answer that breaks off", { cut_after_bytes: 3 }, "succeeded"],
  ["a late answer", { delay_ms: 20 }, "succeeded"],
  ["code 1001", { code: 1001 }, "backend_auth"],
  ["code 1002", { code: 1002 }, "succeeded"],
  ["code 2001", { code: 2001 }, "insufficient_credits"],
  ["a 400", { status: 400 }, "backend_rejected"],
  ["a 402", { status: 402 }, "backend_rejected"],
  ["a 403", { status: 403 }, "backend_forbidden"],
  ["a web page", { status: 200, body: "<html>" }, "backend_protocol"],
  ["a redirect", { status: 302, headers: { location: "https://elsewhere.example/" } }, "backend_protocol"],
];

const exceptions: Record<string, Record<string, string>> = {
  // The client id was not accepted: another is made.
  token: { "a 400": "succeeded" },
  // Credits are read for the job's record only.
  credits: Object.fromEntries(anywhere.map(([what]) => [what, "succeeded"])),
  // The picture that was uploaded is gone with the session.
  state: { "code 1002": "session_gone" },
  message: {
    "code 1002": "session_gone",
    "a 503": "outcome_unknown",
    "no answer": "outcome_unknown",
    "a reset": "outcome_unknown",
    "a 400": "outcome_unknown",
    "a web page": "outcome_unknown",
    "a redirect": "outcome_unknown",
  },
  // The draft is kept by then, and goes to a new session. Whether a render was accepted is asked of the render.
  render_submit: { "a 402": "export_not_in_plan", "a web page": "succeeded" },
  // What is no video is rendered once more; what leads nowhere is tried again.
  download: { "a web page": "succeeded", "a redirect": "succeeded" },
};

const ofMessage: [what: string, fault: Record<string, unknown>, end: string][] = [
  ...[0, 1, 4].map((count): (typeof ofMessage)[number] => [
    `a stream cut after ${count} events`,
    { cut_at_event: count },
    "succeeded",
  ]),
  ["a run that says nothing", { silent: true }, "succeeded"],
  ...["error_code", "json", "named_event", "unescaped"].flatMap((form): typeof ofMessage =>
    [false, true].map((goOn) => [
      `a failure as ${form}${goOn ? ", with more after it" : ""}`,
      { stream_error: { form, at_event: 1, go_on: goOn } },
      "generation_failed",
    ]),
  ),
];

const ofRender: [what: string, fault: Record<string, unknown>, end: string][] = [
  ["a render that fails", { render_fail: true }, "succeeded"],
  ["a slow render", { render_slow_ms: 50 }, "succeeded"],
  ["a video that does not play", { broken_video: true }, "succeeded"],
];

const casesAt = (endpoint: string, own: typeof anywhere = []) =>
  [...anywhere, ...own].map(([what, fault, end]) => {
    const faults: Fault[] = [{ endpoint, ...fault }];
    return { what, faults, end: exceptions[endpoint]?.[what] ?? end };
  });

describe.each(["first", "last"] as const)("in the dialect '%s', a job ends as it should", (dialect) => {
  it.each([
    ["session", casesAt("session")],
    ["upload", casesAt("upload")],
    ["state", casesAt("state")],
    ["credits", casesAt("credits")],
    ["message", casesAt("message", ofMessage)],
  ])("after every fault of %s, while it generates", async (_endpoint, cases) => {
    const bench = await startBench(dialect, { limits: quickLimits });
    const files = [await bench.addPicture()];
    for (const { what, faults, end } of cases) {
      const { code } = await bench.generate({ plan: ["upload", "generate"] }, faults, files);
      expect.soft(`${what}: ${code}`).toBe(`${what}: ${end}`);
    }
  });

  it.each([
    ["render_submit", casesAt("render_submit", ofRender)],
    ["render_status", casesAt("render_status")],
  ])("after every fault of %s, while it exports", async (_endpoint, cases) => {
    const bench = await startBench(dialect, { limits: quickLimits });
    const session = await bench.sessionWithTimeline();
    for (const { what, faults, end } of cases) {
      const { code } = await bench.run({ plan: ["export"] }, faults, session);
      expect.soft(`${what}: ${code}`).toBe(`${what}: ${end}`);
    }
  });

  it("after every fault of the download from its own address", async () => {
    const bench = await startBench(dialect, { limits: quickLimits });
    const session = await bench.sessionWithTimeline();
    for (const { what, faults } of casesAt("cdn")) {
      const { code } = await bench.run({ plan: ["export"] }, faults, session);
      expect.soft(`${what}: ${code}`).toBe(`${what}: succeeded`);
    }
  });

  it("after every fault of the download through the backend", async () => {
    const bench = await startBench(dialect, { limits: quickLimits });
    const session = await bench.sessionWithTimeline();
    for (const { what, faults, end } of casesAt("download")) {
      const { code } = await bench.run({ plan: ["export"] }, [{ endpoint: "cdn", status: 403 }, ...faults], session);
      expect.soft(`${what}: ${code}`).toBe(`${what}: ${end}`);
    }
  });

  it("after every fault of the call for a token", async () => {
    for (const { what, faults, end } of casesAt("token")) {
      const bench = await startBench(dialect, { config: {}, limits: quickLimits });
      const { code } = await bench.generate({ plan: ["generate"] }, faults);
      expect.soft(`${what}: ${code}`).toBe(`${what}: ${end}`);
    }
  });
});
