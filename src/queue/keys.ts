import { jobIdSchema, sessionIdSchema, type JobId, type SessionId } from "../domain/id.ts";
import type { JobStatus } from "../domain/job.ts";

/** A job's name within a shard. */
export type JobRef = { tenant: string; id: JobId };
export type SessionRef = { tenant: string; id: SessionId };

/**
 * The keys that Reelay reads and writes in Redis; `scripts/lines.lua` builds the same ones. All keys of a shard carry its hash tag, so
 * that a script may touch any of them on Redis Cluster; a tenant lives on one shard. There is one shard until there is a reason
 * for more.
 */
export function createKeys(prefix: string, shard = "s0") {
  const base = `${prefix}:{${shard}}:`;
  return {
    base,
    /** BullMQ builds its own keys below this. */
    bullPrefix: `${base}bull`,
    job: ({ tenant, id }: JobRef) => `${base}job:${tenant}:${id}`,
    events: ({ tenant, id }: JobRef) => `${base}events:${tenant}:${id}`,
    /** Job ids of a tenant, newest last (ids sort by time): all of them, and by status. */
    index: (tenant: string, status: JobStatus | "all") => `${base}index:${tenant}:${status}`,
    /** Session ids of a tenant, newest last. */
    sessionIndex: (tenant: string) => `${base}index:${tenant}:sessions`,
    session: (tenant: string, id: SessionId) => `${base}session:${tenant}:${id}`,
    /** Job ids of a session that have not ended, in the order accepted. The first one has the turn. */
    line: (tenant: string, id: SessionId) => `${base}line:${tenant}:${id}`,
    /** Sessions of a tenant whose first job may start, by priority and then by age. */
    ready: (tenant: string) => `${base}ready:${tenant}`,
    /** Tenants with ready sessions, by virtual time: who has been served least comes first. */
    ring: `${base}ring`,
    /** Jobs that were let into BullMQ and have not ended, by the time of their last move. */
    admitted: `${base}admitted`,
    /** How many of them each tenant has. */
    load: `${base}load`,
    /** Jobs that have not ended, by their deadline. */
    open: `${base}open`,
    /** Sessions whose first job is held back: by the clock, by a gate, or until they are at rest. */
    scheduled: `${base}scheduled`,
    parked: (gate: string) => `${base}parked:${gate}`,
    /** Names of gates that sessions were held under. */
    parkedGates: `${base}parked-gates`,
    settling: `${base}settling`,
    /** Closed gates of accounts, by name. */
    gates: `${base}gates`,
    /** Accounts by when they were last used for a session: the next one will be made with the newest. The last 100 are kept. */
    accounts: `${base}accounts`,
    /** How many things of each kind the sweeper has mended. */
    mends: `${base}mends`,
    /** Final events that have not been delivered or given up, by the time they were written. */
    outbox: `${base}outbox`,
    operation: (operationId: string) => `${base}operation:${operationId}`,
    idempotency: (tenant: string, route: string, keyHash: string) => `${base}idempotency:${tenant}:${route}:${keyHash}`,
    file: (tenant: string, id: string) => `${base}file:${tenant}:${id}`,
    identity: (name: string) => `${base}identity:${name}`,
    lock: (name: string) => `${base}lock:${name}`,
    /** Pub/sub channels: which job has a new event, and which job's worker is to stop. */
    liveChannel: `${base}live`,
    interruptChannel: `${base}interrupt`,
  };
}

export type Keys = ReturnType<typeof createKeys>;

/** A job's or session's name as a member of a set. Tenants' names hold no `|`. */
export function memberOf({ tenant, id }: JobRef | SessionRef): string {
  return `${tenant}|${id}`;
}

export function refOfMember(member: string): JobRef {
  const [tenant, id] = partsOf(member);
  return { tenant, id: jobIdSchema.parse(id) };
}

export function sessionRefOfMember(member: string): SessionRef {
  const [tenant, id] = partsOf(member);
  return { tenant, id: sessionIdSchema.parse(id) };
}

function partsOf(member: string): [string, string] {
  const bar = member.indexOf("|");
  return [member.slice(0, bar), member.slice(bar + 1)];
}
