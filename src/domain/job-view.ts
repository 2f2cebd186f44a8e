import { z } from "zod";
import { describeFailure, failureCodes } from "./failure.ts";
import { hintSchema } from "./hint.ts";
import { fileIdSchema, jobIdSchema, sessionIdSchema } from "./id.ts";
import { hasEnded, jobStatuses, stageOf, type Job } from "./job.ts";
import { jobTypes, stageSchema } from "./job-request.ts";
import { skillNameSchema } from "./skill.ts";
import { isoTime, waitingSchema, type Waiting } from "./waiting.ts";

const time = z.iso.datetime();

const videoViewSchema = z
  .object({
    file_id: fileIdSchema.describe("Fetch it at `GET /v1/files/{file_id}/content`."),
    bytes: z.number().int(),
    sha256: z.string(),
    duration_s: z.number(),
    width: z.number().int().describe("Pixels."),
    height: z.number().int().describe("Pixels."),
    video_codec: z.string(),
    audio_codec: z.string().nullable(),
    frames: z.number().int().describe("Every one of them was found in the file: the proof that it plays."),
  })
  .meta({ id: "Video" });

const uploadKinds = ["image", "video", "audio"] as const;
const uploadViewSchema = z
  .object({ name: z.string(), kind: z.enum(uploadKinds).nullable().describe("Null where the backend did not say.") })
  .meta({ id: "UploadedFile" });

const resultSchema = z
  .object({
    summary: z.string().nullable().describe("The timeline in words."),
    reply: z.string().nullable().describe("What the backend said, without talk of its own editor."),
    changes: z
      .array(z.string())
      .describe(
        "What the job changed on the timeline, a line each, in the language of the request (English or Chinese).",
      ),
    uploads: z
      .array(uploadViewSchema)
      .describe(
        "What the job, or what it is a retry of, put into the session, in order. A HEIC photo is the JPG that was made of it.",
      ),
    actions: z.array(z.string()).describe("What it asked its user to do in that editor, as names of API actions."),
    video: videoViewSchema.nullable(),
    credits_used: z
      .number()
      .nullable()
      .describe(
        "By how much the balance of the account fell while messages of the job were carried out. Null where that cannot be told, because other jobs were under way or the balance could not be read.",
      ),
  })
  .meta({ id: "JobResult" });

const errorViewSchema = z
  .object({
    code: z.enum(failureCodes),
    title: z.string(),
    detail: z.string().nullable(),
    advice: z.string().describe("What to do about it."),
    stage: stageSchema,
  })
  .meta({ id: "JobError" });

/** A job as callers see it: in answers, lists and webhook bodies. */
export const jobViewSchema = z
  .object({
    id: jobIdSchema,
    object: z.literal("job"),
    type: z.enum(jobTypes),
    skill: skillNameSchema,
    status: z.enum(jobStatuses),
    stage: stageSchema.describe("Where it is in its plan, or where it ended."),
    progress: z.object({ percent: z.number().min(0).max(100), text: z.string().nullable() }).meta({ id: "Progress" }),
    waiting: waitingSchema.nullable(),
    session_id: sessionIdSchema,
    hints: z.array(hintSchema).describe("What would make it faster or better. Nothing waits for it."),
    result: resultSchema.nullable(),
    error: errorViewSchema.nullable(),
    cancel_requested: z.boolean().describe("A cancel was accepted; the job ends as soon as its stage has stopped."),
    metadata: z.record(z.string(), z.string()),
    retry_of: jobIdSchema.nullable(),
    batch_id: z.string().nullable(),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
  })
  .meta({
    id: "Job",
    examples: [
      {
        id: "job_01k8pvmd3yf5t8b7q2n4h6j9wx",
        object: "job",
        type: "video",
        skill: "text-to-video-capcut",
        status: "succeeded",
        stage: "export",
        progress: { percent: 100, text: null },
        waiting: null,
        session_id: "ses_01k8pvmd3yf5t8b7q2n4h6j9wz",
        hints: [],
        result: {
          summary:
            'Timeline (3 tracks): 1. Video: harbour at dawn (0-30s) 2. BGM: Lo-fi (0-30s, 35%) 3. Title: "The harbour" (0-3s)',
          reply: "Your video about the harbour is ready.",
          changes: [
            "Video added: harbour at dawn (0-30s)",
            "BGM added: Lo-fi (0-30s, 35%)",
            'Title added: "The harbour" (0-3s)',
          ],
          uploads: [],
          actions: [],
          video: {
            file_id: "file_01k8pvmd3yf5t8b7q2n4h6j9x0",
            bytes: 7_340_032,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            duration_s: 30,
            width: 1080,
            height: 1920,
            video_codec: "h264",
            audio_codec: "aac",
            frames: 900,
          },
          credits_used: 100,
        },
        error: null,
        cancel_requested: false,
        metadata: { order: "A-17" },
        retry_of: null,
        batch_id: null,
        created_at: "2025-11-03T09:12:44.120Z",
        started_at: "2025-11-03T09:12:44.310Z",
        finished_at: "2025-11-03T09:14:29.002Z",
      },
    ],
  });
export type JobView = z.infer<typeof jobViewSchema>;

/** What is kept beside the record because it changes often, or depends on other jobs. */
export type JobCircumstances = {
  progress: { percent: number; text: string | null };
  waiting: Waiting | null;
};

export function viewOfJob(job: Job, { progress, waiting }: JobCircumstances): JobView {
  return {
    id: job.id,
    object: "job",
    type: job.type,
    skill: job.skill,
    status: waiting === null ? job.status : "waiting",
    stage: stageOf(job),
    progress: job.status === "succeeded" ? { ...progress, percent: 100 } : progress,
    waiting,
    session_id: job.sessionId,
    hints: job.hints,
    result: resultOf(job),
    error: job.status === "failed" ? { ...describeError(job.error.code), ...job.error } : null,
    cancel_requested: job.cancelRequestedAtMs !== null,
    metadata: job.metadata,
    retry_of: job.retryOf,
    batch_id: job.batchId,
    created_at: isoTime(job.createdAtMs),
    started_at: "startedAtMs" in job && job.startedAtMs !== null ? isoTime(job.startedAtMs) : null,
    finished_at: hasEnded(job) ? isoTime(job.finishedAtMs) : null,
  };
}

function resultOf({ status, made }: Job): JobView["result"] {
  if (status !== "succeeded") return null;
  const { message, timeline, video } = made;
  const finished = message?.state === "finished" ? message : null;
  return {
    summary: timeline?.summary ?? null,
    reply: finished?.text ?? null,
    changes: made.changes,
    uploads: (made.uploads ?? []).map(({ name, kind }) => ({
      name,
      kind: uploadKinds.find((known) => kind.startsWith(known)) ?? null,
    })),
    actions: finished?.actions ?? [],
    video: video && {
      file_id: video.fileId,
      bytes: video.bytes,
      sha256: video.sha256,
      duration_s: video.durationMs / 1000,
      width: video.widthPx,
      height: video.heightPx,
      video_codec: video.videoCodec,
      audio_codec: video.audioCodec,
      frames: video.frames,
    },
    credits_used: made.creditsUsed,
  };
}

function describeError(code: (typeof failureCodes)[number]): { title: string; advice: string } {
  const { title, advice } = describeFailure(code);
  return { title, advice };
}
