import { z } from "zod";
import { failureCodes } from "./failure.ts";
import { hintSchema } from "./hint.ts";
import { eventIdSchema, fileIdSchema, jobIdSchema, sessionIdSchema } from "./id.ts";
import { jobTypes, jobWebhookSchema, outputWishesSchema, stageSchema, type Stage } from "./job-request.ts";
import { skillNameSchema } from "./skill.ts";

/**
 * A job is a plan: a list of stages, of which one is current.
 *
 *     queued ──► running ──► succeeded
 *       │          │ ▲
 *       │          │ └── claimed again: after a crash, a poll or the next stage
 *       └──────────┴───► failed | canceled
 *
 * The record is a union on `status`, so that no code can read a result that is not there. What the stages have made so far
 * (`made`) survives crashes and is what a stage looks at first: it says what need not be, or must not be, done again.
 */

/**
 * What the inputs have become: the words for the message, and what goes into the session, in order. Documents and pages are in
 * the script; a HEIC photo is the JPG that was made of it.
 */
const preparedSchema = z.object({
  /** Storage key of the whole script; null where there is none. */
  scriptKey: z.string().nullable(),
  media: z.array(
    z.discriminatedUnion("from", [
      z.object({ from: z.literal("storage"), storageKey: z.string(), name: z.string(), mime: z.string() }),
      z.object({ from: z.literal("url"), url: z.string() }),
    ]),
  ),
});
export type Prepared = z.infer<typeof preparedSchema>;

const uploadedFileSchema = z.object({ name: z.string(), kind: z.string() });

/**
 * The one message of a generate stage, which costs money. A plan has a second such stage only where a reply asked for an edit.
 * `sending`: it may have gone out. Whoever finds this and did not write it must not send it, but learn what became of it.
 * `finished`: the backend is done with it, and the draft was read.
 */
const messageSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("sending"),
    /** What the timeline was like before, to compare with. */
    fingerprintBefore: z.string(),
    /** Storage key of the draft of then, to say afterwards what has changed; null where there was none. */
    draftBeforeKey: z.string().nullable().default(null),
    sentAtMs: z.number(),
    /** What the backend said, once the stream has ended well: then the outcome is known, and what was made has only to be read. */
    reply: z.string().nullable().default(null),
    /** Null while the stream that sent it is still read. */
    recovery: z
      .object({
        beganAtMs: z.number(),
        lastRead: z
          .object({
            atMs: z.number(),
            fingerprint: z.string(),
            /** When the first of the reads that agree with it was made. */
            agreesSinceMs: z.number(),
            unchangedReads: z.number().int(),
          })
          .nullable(),
      })
      .nullable(),
  }),
  z.object({
    state: z.literal("finished"),
    text: z.string(),
    actions: z.array(z.string()),
    recovered: z.boolean(),
  }),
]);

/** What the second message is to say, and what was left of the reply to the first. */
const editSchema = z.object({
  text: z.string(),
  replyBefore: z.string(),
  actionsBefore: z.array(z.string()).default([]),
});
export type Edit = z.infer<typeof editSchema>;

/** A session's timeline as it was kept: its draft is in storage. */
export const timelineSchema = z.object({
  draftKey: z.string(),
  fingerprint: z.string(),
  summary: z.string(),
  durationMs: z.number().nullable(),
});

/** `id` is recorded before the render is submitted, so that no crash can orphan it. */
const renderSchema = z.object({
  id: z.string(),
  attempt: z.number().int(),
  /** Null until the backend is known to have accepted it. */
  acceptedAtMs: z.number().nullable(),
  /** When its status first came back as 'not found', null while it does not. */
  notFoundSinceMs: z.number().nullable(),
  startedAtMs: z.number(),
  /** Where it is rendered, when the job's own session was gone by then. */
  session: z.object({ backendSessionId: z.string(), identityId: z.string(), userId: z.string().nullable() }).optional(),
});

export const videoSchema = z.object({
  fileId: fileIdSchema,
  bytes: z.number(),
  sha256: z.string(),
  durationMs: z.number(),
  widthPx: z.number(),
  heightPx: z.number(),
  videoCodec: z.string(),
  audioCodec: z.string().nullable(),
  frames: z.number(),
});
export type Video = z.infer<typeof videoSchema>;

const madeSchema = z.object({
  prepared: preparedSchema.nullable().default(null),
  uploads: z.array(uploadedFileSchema).nullable(),
  message: messageSchema.nullable(),
  /** Set once the first message is done with, and its reply asked for an edit: the second, and last, message of a job that allows it. */
  edit: editSchema.nullable().default(null),
  /** What the messages changed on the timeline, in words. */
  changes: z.array(z.string()).default([]),
  creditsBefore: z.number().nullable(),
  /** Of all messages that were finished. */
  creditsUsed: z.number().nullable(),
  timeline: timelineSchema.nullable(),
  render: renderSchema.nullable(),
  video: videoSchema.nullable(),
});
export type Made = z.infer<typeof madeSchema>;
export type KeptTimeline = z.infer<typeof timelineSchema>;

const acceptedSchema = z.object({
  id: jobIdSchema,
  tenant: z.string(),
  type: z.enum(jobTypes),
  skill: skillNameSchema,
  plan: z.array(stageSchema).min(1),
  stageIndex: z.number().int(),
  sessionId: sessionIdSchema,
  /** The session was made for this job, so nothing in it comes from before. */
  ownsSession: z.boolean(),
  input: z.object({
    /** Storage key of the script; scripts are too big for the record. */
    textKey: z.string().nullable(),
    files: z.array(fileIdSchema),
    urls: z.array(z.string()),
    instruction: z.string().nullable(),
  }),
  output: outputWishesSchema,
  allowEdits: z.boolean().default(false),
  hints: z.array(hintSchema).default([]),
  webhook: jobWebhookSchema.nullable(),
  metadata: z.record(z.string(), z.string()),
  priority: z.number().int(),
  createdAtMs: z.number(),
  deadlineAtMs: z.number(),
  retryOf: jobIdSchema.nullable(),
  batchId: z.string().nullable(),
  made: madeSchema,
  /** Not to be started before. */
  runAfterMs: z.number().nullable(),
  cancelRequestedAtMs: z.number().nullable(),
  /** When the current stage was claimed for the first time: its run time counts from there, and its time in queues does not. */
  stageStartedAtMs: z.number().nullable(),
  /** Claims of the current stage that did not end cleanly: a crash, or a bug. Bounded. */
  crashes: z.number().int(),
});

const startedAtMs = z.number();
const endedSchema = acceptedSchema.extend({
  startedAtMs: startedAtMs.nullable(),
  finishedAtMs: z.number(),
  /** The id of the final webhook event; it never changes, however often it is delivered. */
  eventId: eventIdSchema,
});

export const jobErrorSchema = z.object({
  code: z.enum(failureCodes),
  detail: z.string().nullable(),
  stage: stageSchema,
});

export const jobSchema = z.discriminatedUnion("status", [
  acceptedSchema.extend({ status: z.literal("queued") }),
  acceptedSchema.extend({ status: z.literal("running"), startedAtMs }),
  endedSchema.extend({ status: z.literal("succeeded") }),
  endedSchema.extend({ status: z.literal("failed"), error: jobErrorSchema }),
  endedSchema.extend({ status: z.literal("canceled") }),
]);

export type Job = z.infer<typeof jobSchema>;
export type QueuedJob = Extract<Job, { status: "queued" }>;
export type RunningJob = Extract<Job, { status: "running" }>;
export type EndedJob = Exclude<Job, QueuedJob | RunningJob>;

export const jobStatuses = ["queued", "running", "waiting", "succeeded", "failed", "canceled"] as const;
export type JobStatus = (typeof jobStatuses)[number];

export const nothingMade: Made = {
  prepared: null,
  uploads: null,
  message: null,
  edit: null,
  changes: [],
  creditsBefore: null,
  creditsUsed: null,
  timeline: null,
  render: null,
  video: null,
};

export function hasEnded(job: Job): job is EndedJob {
  return job.status === "succeeded" || job.status === "failed" || job.status === "canceled";
}

/** The stage that the job is in, or ended in. */
export function stageOf(job: Job): Stage {
  const stage = job.plan[job.stageIndex];
  if (stage === undefined) throw new Error(`${job.id} is at stage ${job.stageIndex} of a plan of ${job.plan.length}`);
  return stage;
}
