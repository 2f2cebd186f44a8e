import { describe, expect, it } from "vitest";
import { JobFailure } from "../../../src/domain/failure.ts";
import { eventsOfChange, isFinalEvent, jobEventSchema } from "../../../src/domain/job-event.ts";
import { hasEnded, jobSchema, stageOf, type Job, type RunningJob } from "../../../src/domain/job.ts";
import {
  claimed,
  editAllowed,
  failed,
  leavesUnrest,
  making,
  maxCrashes,
  originalPlan,
  stageDone,
  willPay,
  yielded,
} from "../../../src/domain/transition.ts";
import { claimedAtMs, endedAtMs, ending, failedJob, runningJob, succeededJob } from "../../support/job.ts";
import { queuedJob } from "../../support/queued-job.ts";

const renderFailed = new JobFailure("render_failed", "It failed 2 times.");

function running(job: Job): RunningJob {
  if (job.status !== "running") throw new Error(`${job.id} is ${job.status}`);
  return job;
}

describe("a claim", () => {
  it("starts a queued job, once", () => {
    const first = claimed(queuedJob(), claimedAtMs);
    expect(first).toMatchObject({ status: "running", startedAtMs: claimedAtMs, stageIndex: 0 });
    expect(claimed(first, claimedAtMs + 1).startedAtMs).toBe(claimedAtMs);
  });

  it("counts as a crash until the stage lets go of the job", () => {
    const crashedTwice = claimed(claimed(claimed(queuedJob(), 1), 2), 3);
    expect(crashedTwice.crashes).toBe(3);
    expect(yielded(crashedTwice).crashes).toBe(0);
    expect(stageDone(crashedTwice, ending()).crashes).toBe(0);
  });

  it("is never counted against a stage that polls, however often", () => {
    let job = runningJob();
    for (let poll = 0; poll < 3 * maxCrashes; poll++) job = claimed(yielded(job), claimedAtMs);
    expect(job.crashes).toBe(1);
  });
});

describe("a stage that is done", () => {
  it("leads to the next of the plan, and the last one to success", () => {
    const job = runningJob({ plan: ["upload", "generate", "export"] });
    const generating = running(stageDone(job, ending()));
    const exporting = running(stageDone(generating, ending()));
    const done = stageDone(exporting, ending());
    expect([job, generating, exporting, done].map(stageOf)).toEqual(["upload", "generate", "export", "export"]);
    expect(done).toMatchObject({ status: "succeeded", startedAtMs: claimedAtMs, finishedAtMs: endedAtMs });
    expect(jobSchema.parse(done)).toEqual(done);
  });

  it("keeps what was made before it", () => {
    const job = making(making(runningJob(), { creditsBefore: 100 }), { creditsUsed: 50 });
    expect(stageDone(job, ending()).made).toMatchObject({ creditsBefore: 100, creditsUsed: 50 });
  });
});

describe("an edit that a reply asks for and the job allows", () => {
  const edit = { text: "Reorder the clips.", replyBefore: "Done.", actionsBefore: ["send_edit"] };
  const finished = {
    state: "sending",
    fingerprintBefore: "f",
    draftBeforeKey: null,
    reply: null,
    sentAtMs: 1,
    recovery: null,
  } as const;
  const first = making(runningJob({ allowEdits: true, plan: ["upload", "generate", "export"], stageIndex: 1 }), {
    message: finished,
    creditsUsed: 100,
  });

  it("becomes a stage of its own, right after, whose message has not been sent", () => {
    const grown = editAllowed(first, edit);
    expect(grown).toMatchObject({
      plan: ["upload", "generate", "generate", "export"],
      stageIndex: 2,
      stageStartedAtMs: null,
      crashes: 0,
      made: { message: null, edit, creditsUsed: 100 },
    });
    expect(jobSchema.parse(grown)).toEqual(grown);
    expect(willPay(grown)).toBe(true);
    expect(leavesUnrest(failed(grown, renderFailed, ending()))).toBe(false);
    expect(eventsOfChange(first, grown)).toEqual([{ type: "job.stage", stage: "generate" }]);
  });

  it("is followed by the rest of the plan", () => {
    const after = running(stageDone(claimed(editAllowed(first, edit), 1), ending()));
    expect(stageOf(after)).toBe("export");
    expect(willPay(after)).toBe(false);
    expect(hasEnded(stageDone(after, ending()))).toBe(true);
  });

  it("leaves unrest behind like the first, when its message is of unknown outcome", () => {
    const sent = making(claimed(editAllowed(first, edit), 1), { message: finished });
    expect(willPay(sent)).toBe(false);
    expect(leavesUnrest(failed(sent, new JobFailure("outcome_unknown"), ending()))).toBe(true);
  });

  it("is one at most, and only where it is allowed", () => {
    expect(() => editAllowed(editAllowed(first, edit), edit)).toThrow("takes no edit");
    expect(() => editAllowed({ ...first, allowEdits: false }, edit)).toThrow("takes no edit");
    expect(() => editAllowed({ ...first, stageIndex: 2 }, edit)).toThrow("takes no edit");
  });

  it("is no part of the plan that a job was accepted with", () => {
    expect(originalPlan(editAllowed(first, edit))).toEqual(first.plan);
    expect(originalPlan(first)).toEqual(first.plan);
  });
});

describe("a failure", () => {
  it("ends the job with the code, and the stage that it happened in", () => {
    const exporting = stageDone(runningJob(), ending());
    const job = failed(exporting, renderFailed, ending());
    expect(job).toMatchObject({
      status: "failed",
      startedAtMs: claimedAtMs,
      finishedAtMs: endedAtMs,
      error: { code: "render_failed", detail: "It failed 2 times.", stage: "export" },
    });
    expect(jobSchema.parse(job)).toEqual(job);
  });

  it("may end a job that never started", () => {
    const job = failed(queuedJob(), new JobFailure("deadline_exceeded"), ending());
    expect(job).toMatchObject({ startedAtMs: null, error: { detail: null, stage: "generate" } });
  });

  it("keeps the marker of a message that was sent, so that nobody sends it again", () => {
    const message = {
      state: "sending",
      fingerprintBefore: "f",
      draftBeforeKey: null,
      reply: null,
      sentAtMs: 1,
      recovery: null,
    } as const;
    const job = failed(making(runningJob(), { message }), new JobFailure("outcome_unknown"), ending());
    expect(job.made.message).toEqual(message);
  });
});

describe("a job that has ended stays there", () => {
  const canceled: Job = { ...queuedJob(), ...ending(), status: "canceled", startedAtMs: null, finishedAtMs: endedAtMs };

  it.each([succeededJob(), failedJob(), canceled])("as $status", (job) => {
    expect(hasEnded(job)).toBe(true);
    const refusal = `${job.id} has ended as ${job.status} and stays there`;
    expect(() => claimed(job, endedAtMs)).toThrow(refusal);
    expect(() => failed(job, renderFailed, ending())).toThrow(refusal);
  });
});

it("a change leaves the record that it was made from as it was", () => {
  const job = runningJob();
  const before = structuredClone(job);
  claimed(job, 1);
  making(job, { creditsUsed: 1 });
  yielded(job);
  stageDone(job, ending());
  failed(job, renderFailed, ending());
  expect(job).toEqual(before);
});

describe("watchers are told", () => {
  const queued = queuedJob();
  const first = claimed(queued, claimedAtMs);

  it.each([
    ["that it was accepted", null, queued, [{ type: "job.queued" }]],
    ["of the first stage when it starts", queued, first, [{ type: "job.stage", stage: "generate" }]],
    ["nothing when it is claimed again", first, claimed(first, claimedAtMs), []],
    ["nothing when a stage only records what it made", first, making(first, { creditsUsed: 1 }), []],
    ["nothing when a stage lets go of it", first, yielded(first), []],
    ["of the next stage", first, stageDone(first, ending()), [{ type: "job.stage", stage: "export" }]],
    ["that it succeeded", first, succeededJob(), [{ type: "job.succeeded" }]],
    [
      "that it failed, and why",
      first,
      failed(first, renderFailed, ending()),
      [{ type: "job.failed", error: { code: "render_failed", detail: "It failed 2 times.", stage: "generate" } }],
    ],
    [
      "of the end alone when it fails before it started",
      queued,
      failed(queued, new JobFailure("deadline_exceeded"), ending()),
      [{ type: "job.failed", error: { code: "deadline_exceeded", detail: null, stage: "generate" } }],
    ],
  ])("%s", (_what, before, after, events) => {
    expect(eventsOfChange(before, after)).toEqual(events);
    expect(jobEventSchema.array().parse(events)).toEqual(events);
    expect(events.some((event) => isFinalEvent(jobEventSchema.parse(event)))).toBe(hasEnded(after));
  });
});

it("a stage index outside of the plan is a bug, and named as one", () => {
  const job = queuedJob({ stageIndex: 2 });
  expect(() => stageOf(job)).toThrow(`${job.id} is at stage 2 of a plan of 2`);
});
