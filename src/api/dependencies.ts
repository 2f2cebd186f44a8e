import type { Readable } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import type { FileId, JobId, NewId, SessionId } from "../domain/id.ts";
import type { KeptJobEvent } from "../domain/job-event.ts";
import type { JobCircumstances } from "../domain/job-view.ts";
import type { Job, JobStatus, QueuedJob } from "../domain/job.ts";
import type { Session, SessionPlace } from "../domain/session.ts";
import type { SkillName } from "../domain/skill.ts";
import type { GateReason, Waiting } from "../domain/waiting.ts";

/** What the API needs of the rest, as it needs it; the composition root injects what has these shapes. */

export type StoredJob = { job: Job; circumstances: JobCircumstances };

export type JobStore = {
  /** Idempotent by `job.id`: where that id exists, nothing changes and what stands is returned. */
  submit(job: QueuedJob): Promise<StoredJob>;
  load(tenant: string, id: JobId): Promise<StoredJob | null>;
  /** Newest first. `next` is where the next page begins; a page may be short, or empty, and not the last. */
  list(
    tenant: string,
    query: { limit: number; before: JobId | null; status: JobStatus | null },
  ): Promise<{ jobs: StoredJob[]; next: JobId | null }>;
};

export type SessionStore = {
  /** Makes a session, or returns the one that has its id. */
  make(tenant: string, session: Pick<Session, "id" | "skill" | "metadata" | "createdAtMs">): Promise<Session>;
  load(tenant: string, id: SessionId): Promise<Session | null>;
  /** Newest first. `next` is where the next page begins; a page may be short, or empty, and not the last. */
  list(
    tenant: string,
    query: { limit: number; before: SessionId | null },
  ): Promise<{ sessions: Session[]; next: SessionId | null }>;
};

/** A session that is on the backend, and the skill that it is asked about as. */
export type PlacedSession = SessionPlace & { skill: SkillName };

export type SeenSession = {
  /** Null where there is no draft. */
  draftText: string | null;
  media: { name: string | null; origin: "video_infos" | "generated_media" }[];
  /** Whether the draft can be exported. */
  isReady: boolean;
};

/**
 * The backend, as far as callers may ask it. Failures are `JobFailure`s, of which `session_gone` says that it has dropped the
 * session; when the signal aborts, its reason is thrown.
 */
export type BackendReader = {
  /** `identityId` null: of the account that new sessions are made with. */
  credits(
    account: { identityId: string | null; skill: SkillName },
    signal: AbortSignal,
  ): Promise<{ available: number; frozen: number; total: number }>;
  session(session: PlacedSession, signal: AbortSignal): Promise<SeenSession>;
  /** The link is a secret. */
  claim(session: PlacedSession, signal: AbortSignal): Promise<{ url: string; expiresInS: number | null }>;
};

export type JobControl = {
  /** Null: there is no such job. A job that was running, and had not finished, ends as soon as its stage has stopped. */
  cancel(tenant: string, id: JobId): Promise<{ outcome: "requested" | "finished"; stored: StoredJob } | null>;
};

/** A gate that holds sends back: of one account on the backend, or of all (`*`). */
export type Gate = { account: string; reason: GateReason; untilMs: number | null; waiting: Waiting };

/** What crashes have left behind, by kind. */
export type MendCounts = Record<
  "job_in_no_queue" | "job_waiting_for_nothing" | "event_undelivered" | "stale_entry",
  number
>;

export type Operator = {
  key: string;
  gates: {
    closed(): Promise<Gate[]>;
    close(gate: Gate & { balance: number | null }): Promise<void>;
    /** The accounts that sessions were made with, the current one first. */
    accounts(): Promise<{ account: string; lastUsedAtMs: number }[]>;
  };
  /** How many things of each kind the sweeper has mended. */
  mends: { read(): Promise<MendCounts> };
  openGate(gate: Pick<Gate, "reason" | "account">): Promise<void>;
};

export type EventFeed = {
  /** Kept events after `afterId` (all, when null), then live ones. Ends after the final event, and when `signal` aborts. */
  follow(
    tenant: string,
    id: JobId,
    options: { afterId: string | null; signal: AbortSignal },
  ): AsyncIterable<KeptJobEvent>;
};

export const fileKinds = ["image", "video", "audio", "document", "text"] as const;
export type FileKind = (typeof fileKinds)[number];

export type FileRecord = {
  id: FileId;
  tenant: string;
  name: string;
  mime: string;
  kind: FileKind;
  bytes: number;
  /** Of videos, where it could be told when they came in. */
  durationMs?: number | undefined;
  sha256: string;
  storageKey: string;
  createdAtMs: number;
};

export type FileRecords = {
  save(record: FileRecord): Promise<void>;
  load(tenant: string, id: FileId): Promise<FileRecord | null>;
};

export type IdempotencyEntry = { tenant: string; route: string; key: string; fingerprint: string };
/** `location` is the path of what was made, if anything was. */
export type KeptAnswer = { status: number; body: string; location: string | null };

export type IdempotencyRecords = {
  /** `run` pins the id of what may be made: a retry after a crash gets the same one. */
  reserve(
    entry: IdempotencyEntry & { resourceId: string },
  ): Promise<
    | { state: "run"; resourceId: string }
    | { state: "replay"; answer: KeptAnswer }
    | { state: "in_flight" }
    | { state: "mismatch" }
  >;
  settle(entry: IdempotencyEntry, answer: KeptAnswer): Promise<void>;
  release(entry: IdempotencyEntry): Promise<void>;
};

export type FileStorage = {
  /** Keeps nothing where `source` fails, is longer than `maxBytes` (`file_too_large`), or `signal` aborts. */
  put(
    kind: "file" | "script",
    source: Readable | string,
    options: { maxBytes: number; signal?: AbortSignal },
  ): Promise<{ key: string; bytes: number; sha256: string }>;
  /** The absolute path of a local file that holds the bytes. */
  pathOf(key: string): string;
  remove(key: string): Promise<void>;
};

export type RecogniseFile = (path: string) => Promise<{ mime: string; kind: FileKind } | null>;

/** How long a video lasts, in ms; null where that cannot be told cheaply. */
export type MeasureDurationMs = (path: string) => Promise<number | null>;

export type ReadinessCheck = { name: string; check: () => Promise<void> };

/** Limits of the API as a whole; those of a job's input are in the domain. */
export type ApiLimits = {
  jsonBodyBytes: number;
  /** How long a connection may be silent in both directions: ends stalled uploads and readers that have stopped reading. */
  idleConnectionMs: number;
  /** How long a client may take to send a whole request, uploads included. */
  requestMs: number;
  maxEventStreams: number;
  /** Must be well below `idleConnectionMs`, or quiet event streams are cut. */
  heartbeatMs: number;
  checkTimeoutMs: number;
  /** How long an answer of the backend is waited for while a caller waits. */
  backendAnswerMs: number;
  /** How many such answers may be waited for at once. */
  maxBackendQuestions: number;
  /** How long requests under way may take to be answered once the service is closing. */
  drainMs: number;
};

export const defaultApiLimits: ApiLimits = {
  jsonBodyBytes: 1024 * 1024,
  idleConnectionMs: 60_000,
  requestMs: 30 * 60_000,
  maxEventStreams: 1_000,
  heartbeatMs: 15_000,
  checkTimeoutMs: 2_000,
  backendAnswerMs: 10_000,
  maxBackendQuestions: 50,
  drainMs: 10_000,
};

export type ApiDeps = {
  logger: FastifyBaseLogger;
  /** Milliseconds since the epoch. */
  now: () => number;
  newId: NewId;
  /** The tenant that an API key belongs to; null when the key is unknown. */
  tenantOf: (apiKey: string) => string | null;
  jobs: JobStore;
  sessions: SessionStore;
  backend: BackendReader;
  events: EventFeed;
  files: FileRecords;
  idempotency: IdempotencyRecords;
  storage: FileStorage;
  recogniseFile: RecogniseFile;
  measureDurationMs: MeasureDurationMs;
  /** Throws, with the reason, for an address that webhooks may not reach. */
  checkUrl: (url: string) => unknown;
  checks: readonly ReadinessCheck[];
  /** Told after a job was accepted, so that admission need not wait for its next round. */
  onAccepted: () => Promise<void>;
  control: JobControl;
  /** Whether an error means that the database is away for now. */
  isUnavailable: (error: unknown) => boolean;
  /** Null: there are no calls for operators. */
  operator: Operator | null;
  limits?: Partial<ApiLimits>;
};
