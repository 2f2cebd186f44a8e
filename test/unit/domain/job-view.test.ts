import { describe, expect, it } from "vitest";
import { failureCodes, JobFailure } from "../../../src/domain/failure.ts";
import { jobViewSchema, viewOfJob, type JobCircumstances } from "../../../src/domain/job-view.ts";
import { nothingMade, type Job } from "../../../src/domain/job.ts";
import { failed, making } from "../../../src/domain/transition.ts";
import { claimedAtMs, endedAtMs, ending, failedJob, runningJob, succeededJob } from "../../support/job.ts";
import { newJobId, queuedJob } from "../../support/queued-job.ts";

const halfway: JobCircumstances = { progress: { percent: 40, text: "Rendering…" }, waiting: null };
const busy: JobCircumstances = {
  progress: { percent: 0, text: null },
  waiting: { reason: "session_busy", detail: "An earlier job of this session has not ended yet.", until: null },
};
const canceledJob = (): Job => ({
  ...queuedJob(),
  eventId: ending().eventId,
  status: "canceled",
  startedAtMs: null,
  finishedAtMs: endedAtMs,
});

describe("callers see a job", () => {
  it.each([
    ["queued", queuedJob(), halfway],
    ["waiting", queuedJob(), busy],
    ["running", runningJob(), halfway],
    ["succeeded", succeededJob(), halfway],
    ["failed", failedJob(), halfway],
    ["canceled", canceledJob(), halfway],
  ] as const)("that is %s as the schema says", (status, job, circumstances) => {
    const view = viewOfJob(job, circumstances);
    expect(view.status).toBe(status);
    // Strict, so that a field which the schema does not know is seen.
    expect(jobViewSchema.strict().parse(view)).toEqual(view);
  });

  it("with times that are there once they have come", () => {
    const created_at = "2030-01-01T11:59:59.500Z";
    const createdAtMs = claimedAtMs - 500;
    const times = (job: Job) => {
      const view = viewOfJob(job, halfway);
      return [view.created_at, view.started_at, view.finished_at];
    };
    const [started_at, finished_at] = ["2030-01-01T12:00:00.000Z", "2030-01-01T12:01:00.000Z"];
    expect(times(queuedJob({ createdAtMs }))).toEqual([created_at, null, null]);
    expect(times(runningJob({ createdAtMs }))).toEqual([created_at, started_at, null]);
    expect(times(succeededJob({ createdAtMs }))).toEqual([created_at, started_at, finished_at]);
    const neverStarted = failed(queuedJob({ createdAtMs }), new JobFailure("deadline_exceeded"), ending());
    expect(times(neverStarted)).toEqual([created_at, null, finished_at]);
  });

  it("at a hundred percent only when it has succeeded", () => {
    const percent = (job: Job) => viewOfJob(job, halfway).progress.percent;
    expect([runningJob(), failedJob(), succeededJob()].map(percent)).toEqual([40, 40, 100]);
  });

  it("with the job that it repeats, its batch and the metadata", () => {
    const retryOf = newJobId();
    const job = queuedJob({ retryOf, batchId: "bat_1", metadata: { order: "A-17" } });
    expect(viewOfJob(job, halfway)).toMatchObject({
      retry_of: retryOf,
      batch_id: "bat_1",
      metadata: { order: "A-17" },
    });
  });
});

describe("the result", () => {
  it("holds summary, reply, uploads, actions, credits, and the video with the proof that it plays", () => {
    const job = succeededJob();
    expect(viewOfJob(job, halfway).result).toEqual({
      summary: "Timeline (1 track)",
      reply: "Your video is ready.",
      changes: ["Video added: rivers (0-10s)"],
      uploads: [
        { name: "a.jpg", kind: "image" },
        { name: "page", kind: null },
      ],
      actions: ["export"],
      video: {
        file_id: job.made.video?.fileId,
        bytes: 7_340_032,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        duration_s: 10.04,
        width: 1080,
        height: 1920,
        video_codec: "h264",
        audio_codec: "aac",
        frames: 300,
      },
      credits_used: 100,
    });
  });

  it("of a job that makes none of it has its place all the same", () => {
    const job = succeededJob({ type: "upload", plan: ["upload"], made: nothingMade });
    expect(viewOfJob(job, halfway).result).toEqual({
      summary: null,
      reply: null,
      changes: [],
      uploads: [],
      actions: [],
      video: null,
      credits_used: null,
    });
  });

  it("is there only once the job has succeeded, whatever was made", () => {
    const { made } = succeededJob();
    const jobs = [making(runningJob(), made), failedJob({ made }), { ...canceledJob(), made }];
    expect(jobs.map((job) => viewOfJob(job, halfway).result)).toEqual([null, null, null]);
  });
});

describe("the error", () => {
  it.each(failureCodes)("%s says what happened, what to do about it, and in which stage", (code) => {
    const job = failed(runningJob(), new JobFailure(code, "Two words."), ending());
    expect(viewOfJob(job, halfway).error).toEqual({
      code,
      title: expect.stringMatching(/^[A-Z].*\.$/),
      detail: "Two words.",
      advice: expect.stringMatching(/^[A-Z].*\.$/),
      stage: "generate",
    });
  });

  it("never holds what caused it", () => {
    const failure = new JobFailure("backend_protocol", undefined, { cause: new Error("raw output") });
    expect(JSON.stringify(viewOfJob(failed(runningJob(), failure, ending()), halfway))).not.toContain("raw output");
  });
});

it("nothing of the record is shown that is not meant to be", () => {
  const internal = {
    tenant: "secret-tenant",
    draftKey: "secret-draft-key",
    fingerprint: "secret-fingerprint",
    textKey: "secret-text-key",
    instruction: "secret-instruction",
    url: "https://secret.example/input",
    hook: "https://secret.example/hook?token=1",
    renderId: "secret-render",
  };
  const full = succeededJob();
  const { timeline, render } = full.made;
  if (timeline === null || render === null) throw new Error("the sample is not complete");
  const overrides = {
    tenant: internal.tenant,
    input: { textKey: internal.textKey, files: [], urls: [internal.url], instruction: internal.instruction },
    webhook: { url: internal.hook, events: ["job.failed" as const] },
    made: {
      ...full.made,
      timeline: { ...timeline, draftKey: internal.draftKey, fingerprint: internal.fingerprint },
      render: { ...render, id: internal.renderId },
    },
  };
  // The counters are kept beside the record; one that got in with the circumstances must not come out either.
  const circumstances = { ...halfway, version: 7, fence: 7, epoch: 7 };
  for (const job of [queuedJob(overrides), runningJob(overrides), failedJob(overrides), succeededJob(overrides)]) {
    const view = viewOfJob(job, circumstances);
    expect(jobViewSchema.strict().parse(view)).toEqual(view);
    expect(Object.values(internal).filter((text) => JSON.stringify(view).includes(text))).toEqual([]);
    if ("eventId" in job) expect(JSON.stringify(view)).not.toContain(job.eventId);
  }
});
