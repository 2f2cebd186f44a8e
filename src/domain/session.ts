import { z } from "zod";
import { describeFailure, failureCodes, type FailureCode } from "./failure.ts";
import { jobIdSchema, sessionIdSchema, type JobId, type SessionId } from "./id.ts";
import { metadataSchema } from "./job-request.ts";
import { defaultSkill, skillNameSchema, type SkillName } from "./skill.ts";
import { summaryOf, type Timeline } from "./timeline.ts";
import { isoTime } from "./waiting.ts";

/** A session's place on the backend, and whose it is there. */
export type SessionPlace = {
  backendSessionId: string;
  taskId: string | null;
  /** The identity that made it, which it is only ever asked about with. */
  identityId: string;
  userId: string | null;
};

/** A session as it is kept. */
export type Session = {
  id: SessionId;
  skill: SkillName;
  metadata: Record<string, string>;
  createdAtMs: number;
  /** Null until a job has made it on the backend. */
  place: SessionPlace | null;
  /** What the last job of it that looked has found on its timeline. */
  timeline: { summary: string; durationMs: number | null; keptAtMs: number } | null;
  /** The first of its jobs that have not ended: it has the turn. */
  currentJobId: JobId | null;
  jobsWaiting: number;
  /** What an earlier job did may still be going on; the next one starts when that is over. */
  isSettling: boolean;
};

/** What is seen of a session on the backend. */
export type SessionSight = {
  timeline: Timeline | null;
  media: { name: string | null; origin: "uploaded" | "generated" }[];
  isReady: boolean;
};

/** The body of `POST /v1/sessions`. */
export const sessionRequestSchema = z
  .strictObject({
    skill: skillNameSchema.default(defaultSkill).describe("For messages in this session that name none."),
    metadata: metadataSchema.default({}).describe("Yours: stored, and returned as it is."),
  })
  .prefault({})
  .meta({ id: "SessionRequest" });

export const sessionViewSchema = z
  .object({
    id: sessionIdSchema,
    object: z.literal("session"),
    skill: skillNameSchema,
    metadata: z.record(z.string(), z.string()),
    state: z
      .enum(["empty", "active", "dropped", "unknown"])
      .describe(
        "`empty`: nothing was put into it yet. `active`: the backend has it, and was asked just now. `dropped`: the backend has forgotten it, as it does with idle ones. `unknown`: the backend was not asked (lists do not), or could not be.",
      ),
    summary: z.string().nullable().describe("The timeline in words; null where it is empty."),
    duration_s: z.number().nullable(),
    as_of: z.iso
      .datetime()
      .nullable()
      .describe("When the timeline was like this: now, or when the last job of the session kept it."),
    media: z
      .array(
        z.object({ name: z.string().nullable(), origin: z.enum(["uploaded", "generated"]) }).meta({ id: "Medium" }),
      )
      .nullable()
      .describe("What was put into it and made in it; null where the backend was not asked."),
    ready_for_export: z.boolean().describe("The timeline holds something. A dropped one is exported as it was kept."),
    busy: z.boolean().describe("A job of it has not ended."),
    current_job_id: jobIdSchema.nullable().describe("The job that has its turn."),
    jobs_waiting: z.number().int().describe("How many jobs wait behind it."),
    settling: z
      .boolean()
      .describe("What an earlier job did may still be going on at the backend; the next one starts when that is over."),
    backend_error: z
      .object({ code: z.enum(failureCodes), title: z.string(), advice: z.string() })
      .nullable()
      .describe("Why the backend could not be asked."),
    created_at: z.iso.datetime(),
  })
  .meta({
    id: "Session",
    examples: [
      {
        id: "ses_01k8pvmd3yf5t8b7q2n4h6j9wz",
        object: "session",
        skill: "text-to-video-capcut",
        metadata: { campaign: "harbour" },
        state: "active",
        summary:
          'Timeline (3 tracks): 1. Video: harbour at dawn (0-30s) 2. BGM: Lo-fi (0-30s, 35%) 3. Title: "The harbour" (0-3s)',
        duration_s: 30,
        as_of: "2025-11-03T09:15:02.310Z",
        media: [{ name: "harbour.jpg", origin: "uploaded" }],
        ready_for_export: true,
        busy: false,
        current_job_id: null,
        jobs_waiting: 0,
        settling: false,
        backend_error: null,
        created_at: "2025-11-03T09:12:44.120Z",
      },
    ],
  });
export type SessionView = z.infer<typeof sessionViewSchema>;

/** What the backend had to say about a session when it was asked, if it was. */
export type Look =
  | { kind: "seen"; sight: SessionSight; atMs: number }
  | { kind: "dropped" }
  | { kind: "failed"; code: FailureCode }
  | { kind: "not_asked" };

/** A session as callers see it. Where the backend does not tell, what was kept of its timeline is shown. */
export function viewOfSession(session: Session, look: Look): SessionView {
  return {
    id: session.id,
    object: "session",
    skill: session.skill,
    metadata: session.metadata,
    state: stateOf(session, look),
    ...(look.kind === "seen" ? seenNow(look) : keptBefore(session)),
    busy: session.currentJobId !== null,
    current_job_id: session.currentJobId,
    jobs_waiting: session.jobsWaiting,
    settling: session.isSettling,
    backend_error: look.kind === "failed" ? errorOf(look.code) : null,
    created_at: isoTime(session.createdAtMs),
  };
}

function stateOf({ place }: Session, { kind }: Look): SessionView["state"] {
  if (place === null) return "empty";
  switch (kind) {
    case "seen":
      return "active";
    case "dropped":
      return "dropped";
    case "failed":
    case "not_asked":
      return "unknown";
  }
}

type TimelineView = Pick<SessionView, "summary" | "duration_s" | "as_of" | "media" | "ready_for_export">;

function seenNow({ sight, atMs }: Extract<Look, { kind: "seen" }>): TimelineView {
  const { timeline, media, isReady } = sight;
  return {
    summary: timeline === null ? null : summaryOf(timeline),
    duration_s: secondsOf(timeline?.durationMs ?? null),
    as_of: isoTime(atMs),
    media,
    ready_for_export: isReady,
  };
}

function keptBefore({ place, timeline }: Session): TimelineView {
  return {
    summary: timeline?.summary ?? null,
    duration_s: secondsOf(timeline?.durationMs ?? null),
    as_of: timeline === null ? null : isoTime(timeline.keptAtMs),
    media: place === null ? [] : null,
    ready_for_export: timeline !== null,
  };
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

function errorOf(code: FailureCode): SessionView["backend_error"] {
  const { title, advice } = describeFailure(code);
  return { code, title, advice };
}
