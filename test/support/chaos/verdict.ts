import type { EndedJob } from "../../../src/domain/job.ts";
import type { ReceivedEvent } from "../event-receiver.ts";
import type { Ledger } from "../ledger.ts";
import type { AcceptedJob } from "./load.ts";

/** Everything that is known once all is at rest. */
export type Evidence = {
  /** Those of a session in the order in which they were submitted, and then all retries. */
  accepted: AcceptedJob[];
  /** Every record there is, ended or not, in the order of their ids. */
  records: ReadonlyMap<string, EndedJob | null>;
  /** In which order the service has accepted them. */
  sequences: ReadonlyMap<string, number>;
  /** The session on the backend, by that of the job. */
  backendSessions: ReadonlyMap<string, string>;
  ledger: Ledger;
  events: readonly ReceivedEvent[];
};

/** What a backend that misbehaves, and nothing else, may make of a job. */
const explained = new Set([
  "outcome_unknown",
  "generation_failed",
  "render_failed",
  "video_broken",
  "nothing_to_export",
  "session_gone",
]);

/** Every promise that was broken, in words. */
export function breachesIn(evidence: Evidence): string[] {
  return [
    ...lostJobs(evidence),
    ...paidTwice(evidence),
    ...orphans(evidence),
    ...drafts(evidence),
    ...disorder(evidence),
    ...events(evidence),
  ];
}

function lostJobs({ accepted, records }: Evidence): string[] {
  const breaches: string[] = [];
  const ids = new Set(accepted.map(({ id }) => id));
  if (ids.size !== accepted.length) breaches.push(`${accepted.length} keys made ${ids.size} jobs`);
  for (const id of records.keys()) if (!ids.has(id)) breaches.push(`${id} exists, and nobody was told of it`);
  for (const { id, isCancelAsked } of accepted) {
    const job = records.get(id);
    if (job?.status === "canceled" && !isCancelAsked) breaches.push(`${id} was canceled, and nobody asked for it`);
    if (job === undefined) breaches.push(`${id} was accepted and is gone`);
    else if (job === null) breaches.push(`${id} has not ended`);
    else if (job.status === "failed" && !explained.has(job.error.code))
      breaches.push(`${id} failed with ${job.error.code}: ${job.error.detail ?? ""}`);
  }
  return breaches;
}

/**
 * A retry has the message of its original. Both together send it once, unless the retry was told to send it again: then once each,
 * and until the retry was accepted it is the original's.
 */
function paidTwice({ accepted, records, ledger }: Evidence): string[] {
  const breaches: string[] = [];
  for (const { id, mark, retryOf } of accepted) {
    if (mark === null) continue;
    const messages = ledger.messages.filter(({ text }) => text.includes(mark));
    const job = records.get(id);
    const retry = accepted.find((other) => other.mark === mark && other.retryOf !== null);
    if (messages.length > (retry?.isResend === true ? 2 : 1))
      breaches.push(`${id}: its message was received ${messages.length} times`);
    const early = messages.filter(({ at }) => at < (job?.createdAtMs ?? 0));
    if (retryOf !== null && early.length > 1)
      breaches.push(`${id}: ${retryOf} had its message received ${early.length} times`);
    if (job?.status === "succeeded" && messages.length === 0) breaches.push(`${id} succeeded without its message`);
    if (job?.status !== "failed" || job.error.code !== "outcome_unknown") continue;
    if (job.made.message?.state !== "sending") breaches.push(`${id} ended as unknown, and its message was never sent`);
    const received = messageOf({ accepted, records, ledger }, { id, mark, retryOf });
    if (received !== undefined && received.at > job.finishedAtMs)
      breaches.push(`${id}: its message was received after it had been given up`);
  }
  return breaches;
}

/** A session's renders are as many as its jobs have begun, each known to its job, and none is left running. */
function orphans({ accepted, records, backendSessions, ledger }: Evidence): string[] {
  const breaches: string[] = [];
  for (const sessionId of new Set(accepted.map((job) => job.sessionId))) {
    const renders = ledger.renders.filter(({ session }) => session === backendSessions.get(sessionId));
    const submitted = new Set(renders.map(({ render }) => render));
    const ended = new Set(
      renders.filter(({ event }) => /completed|failed|canceled/.test(event)).map(({ render }) => render),
    );
    const own = accepted.flatMap((job) =>
      job.sessionId === sessionId ? (records.get(job.id)?.made.render ?? []) : [],
    );
    const begun = own.reduce((sum, { attempt }) => sum + attempt, 0);
    if (submitted.size > begun)
      breaches.push(`${sessionId}: ${submitted.size} renders were submitted, and its jobs know of ${begun}`);
    for (const render of submitted) if (!ended.has(render)) breaches.push(`${sessionId}: ${render} never ended`);
  }
  for (const job of records.values()) {
    if (job?.status !== "succeeded" || job.made.video === null) continue;
    const ofJob = ledger.renders.filter(({ render }) => render === job.made.render?.id);
    if (!ofJob.some(({ event }) => event === "completed")) breaches.push(`${job.id} has a video of no render`);
  }
  return breaches;
}

/**
 * What is rendered is what the session held then, with no message still at work on it. A retry renders what its original had kept,
 * which the session may have left behind since.
 */
function drafts({ accepted, backendSessions, ledger }: Evidence): string[] {
  const breaches: string[] = [];
  for (const sessionId of new Set(accepted.map((job) => job.sessionId))) {
    const isHere = ({ session }: { session: string }): boolean => session === backendSessions.get(sessionId);
    const hasRetry = accepted.some((job) => job.sessionId === sessionId && job.retryOf !== null);
    const held = new Set(ledger.changes.filter(isHere).map((change) => change.draft_sha256));
    for (const { render, event, seq, draft_unchanged: isUnchanged, draft_sha256: draft } of ledger.renders.filter(
      isHere,
    )) {
      if (event !== "submitted") continue;
      const run = ledger.messages.find(
        (message) => isHere(message) && message.seq < seq && seq < endOf(ledger, message),
      );
      if (run !== undefined) breaches.push(`${sessionId}: ${render} was submitted while ${run.run} was under way`);
      if (!held.has(draft)) breaches.push(`${sessionId}: ${render} has a draft that the session never held`);
      else if (!isUnchanged && !hasRetry)
        breaches.push(`${sessionId}: ${render} has a draft that the session no longer held`);
    }
  }
  return breaches;
}

function endOf({ runsEnded }: Ledger, { run }: Ledger["messages"][number]): number {
  return runsEnded.find((ended) => ended.run === run)?.seq ?? Infinity;
}

/** The jobs of a session are accepted in the order submitted, and start, send and end in that order. */
function disorder(evidence: Evidence): string[] {
  const { accepted, records, sequences } = evidence;
  const breaches: string[] = [];
  const lastOf = new Map<string, { id: string; endedAtMs: number; messageSeq: number }>();
  const lastSubmitted = new Map<string, number>();
  const sequenceOf = (id: string): number => sequences.get(id) ?? Infinity;
  for (const { id, sessionId, retryOf } of accepted) {
    if (retryOf !== null) continue;
    if (sequenceOf(id) < (lastSubmitted.get(sessionId) ?? 0))
      breaches.push(`${id} was accepted before one submitted before it`);
    lastSubmitted.set(sessionId, sequenceOf(id));
  }
  for (const { id, sessionId, mark, retryOf } of accepted.toSorted((a, b) => sequenceOf(a.id) - sequenceOf(b.id))) {
    const job = records.get(id);
    if (job === undefined || job === null) continue;
    const before = lastOf.get(sessionId);
    const message = messageOf(evidence, { id, mark, retryOf });
    if (before !== undefined && job.startedAtMs !== null && job.startedAtMs < before.endedAtMs)
      breaches.push(`${id} started before ${before.id}, the job before it in its session, had ended`);
    if (before !== undefined && message !== undefined && message.seq < before.messageSeq)
      breaches.push(`${id}: its message overtook one of the session before it`);
    lastOf.set(sessionId, {
      id,
      endedAtMs: job.finishedAtMs,
      messageSeq: message?.seq ?? before?.messageSeq ?? 0,
    });
  }
  return breaches;
}

/** A job and its retry have the same mark: what was received before the retry was made is the job's. */
function messageOf(
  { accepted, records, ledger }: Pick<Evidence, "accepted" | "records" | "ledger">,
  { id, mark, retryOf }: Pick<AcceptedJob, "id" | "mark" | "retryOf">,
): Ledger["messages"][number] | undefined {
  if (mark === null) return undefined;
  const retry = accepted.find((other) => other.retryOf === id);
  const fromMs = retryOf === null ? 0 : (records.get(id)?.createdAtMs ?? 0);
  const untilMs = (retry && records.get(retry.id)?.createdAtMs) ?? Infinity;
  return ledger.messages.find(({ text, at }) => text.includes(mark) && at >= fromMs && at < untilMs);
}

function events({ accepted, records, events: received }: Evidence): string[] {
  const breaches: string[] = [];
  for (const { id, hasWebhook } of accepted) {
    const ofJob = received.filter(({ jobId }) => jobId === id);
    const ids = new Set(ofJob.map(({ eventId }) => eventId));
    const job = records.get(id);
    if (job === undefined || job === null) continue;
    if (!hasWebhook) {
      if (ids.size > 0) breaches.push(`${id} has no webhook, and ${ids.size} events were delivered`);
      continue;
    }
    if (ids.size !== 1 || !ids.has(job.eventId))
      breaches.push(`${id}: its event ${job.eventId} was delivered as ${[...ids].join(", ") || "nothing"}`);
    if (ofJob.some(({ type }) => type !== `job.${job.status}`))
      breaches.push(`${id} is ${job.status}, and ${ofJob.map(({ type }) => type).join(", ")} was delivered`);
  }
  return breaches;
}
