import { jobIdSchema, type JobId, type SessionId } from "../domain/id.ts";
import type { JobStatus } from "../domain/job.ts";

/** A job's name within a shard. */
export type JobRef = { tenant: string; id: JobId };

/**
 * Every key that Reelay writes. All keys of a shard carry its hash tag, so that a script may touch any of them on Redis Cluster;
 * a tenant lives on one shard. There is one shard until there is a reason for more.
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
    session: (tenant: string, id: SessionId) => `${base}session:${tenant}:${id}`,
    /** Job ids of a session that have not ended, in the order accepted. The first one has the turn. */
    line: (tenant: string, id: SessionId) => `${base}line:${tenant}:${id}`,
    /** Sessions of a tenant whose first job may start, by priority and then by age. */
    ready: (tenant: string) => `${base}ready:${tenant}`,
    /** Tenants with ready sessions, by virtual time: who has been served least comes first. */
    ring: `${base}ring`,
    virtualTime: `${base}virtual-time`,
    sequence: `${base}sequence`,
    /** Jobs that were let into BullMQ and have not ended, by the time of their last move. */
    admitted: `${base}admitted`,
    /** Final events that have not been delivered or given up, by the time they were written. */
    outbox: `${base}outbox`,
    operation: (operationId: string) => `${base}operation:${operationId}`,
    idempotency: (tenant: string, route: string, keyHash: string) => `${base}idempotency:${tenant}:${route}:${keyHash}`,
    file: (tenant: string, id: string) => `${base}file:${tenant}:${id}`,
    identity: (name: string) => `${base}identity:${name}`,
    lock: (name: string) => `${base}lock:${name}`,
    /** Pub/sub channel that says which job has a new event. */
    liveChannel: `${base}live`,
  };
}

export type Keys = ReturnType<typeof createKeys>;

/** A job's name as a member of `admitted` and `outbox`. Tenants' names hold no `|`. */
export function memberOf({ tenant, id }: JobRef): string {
  return `${tenant}|${id}`;
}

export function refOfMember(member: string): JobRef {
  const bar = member.indexOf("|");
  return { tenant: member.slice(0, bar), id: jobIdSchema.parse(member.slice(bar + 1)) };
}
