import type { Redis } from "ioredis";
import { z } from "zod";
import { jobIdSchema, sessionIdSchema, type SessionId } from "../domain/id.ts";
import { timelineSchema } from "../domain/job.ts";
import type { Session } from "../domain/session.ts";
import { defaultSkill, skillNameSchema } from "../domain/skill.ts";
import { backendSessionSchema } from "./job-record.ts";
import { memberOf, type Keys } from "./keys.ts";
import { loadScript } from "./script.ts";

export type SessionQuery = { limit: number; before: SessionId | null };
export type NewSession = Pick<Session, "id" | "skill" | "metadata" | "createdAtMs">;

/**
 * Sessions as the API sees them. One that no open job uses is kept for `retentionS` after it was made, or after its last job
 * ended: as long as that job itself.
 */
export function createSessionStore({ redis, keys, retentionS }: { redis: Redis; keys: Keys; retentionS: number }) {
  const makeScript = loadScript(redis, "make_session");

  /** Makes a session, or returns the one that has its id. */
  async function make(tenant: string, { id, skill, metadata, createdAtMs }: NewSession): Promise<Session> {
    await makeScript(
      [keys.session(tenant, id)],
      [keys.base, tenant, id, createdAtMs, skill, JSON.stringify(metadata), retentionS],
    );
    const made = await load(tenant, id);
    if (made === null) throw new Error(`${id} was made and is not in Redis: is it evicting keys?`);
    return made;
  }

  async function load(tenant: string, id: SessionId): Promise<Session | null> {
    const line = keys.line(tenant, id);
    const replies = await redis
      .multi()
      .hgetall(keys.session(tenant, id))
      .lindex(line, 0)
      .llen(line)
      .zscore(keys.settling, memberOf({ tenant, id }))
      .exec();
    const [record, currentJobId, length, settlingSince] = repliesSchema.parse(replies?.map(([, reply]) => reply));
    if (record.createdAtMs === undefined) return null;
    const { createdAtMs, skill, metadata, backend, timeline, timelineAtMs } = record;
    const kept = timeline === null ? null : { ...timeline, keptAtMs: timelineAtMs ?? createdAtMs };
    return {
      id,
      skill,
      metadata,
      createdAtMs,
      place: backend,
      timeline: kept,
      currentJobId,
      jobsWaiting: Math.max(0, length - 1),
      isSettling: settlingSince !== null,
    };
  }

  /** Newest first. `next` is where the next page begins; a page may be short, or empty, and not the last. */
  async function list(
    tenant: string,
    { limit, before }: SessionQuery,
  ): Promise<{ sessions: Session[]; next: SessionId | null }> {
    const newest = before === null ? "+" : `(${before}`;
    const ids = await redis.zrange(keys.sessionIndex(tenant), newest, "-", "BYLEX", "REV", "LIMIT", 0, limit + 1);
    const page = ids.slice(0, limit).map((id) => sessionIdSchema.parse(id));
    const loaded = await Promise.all(page.map(async (id) => await load(tenant, id)));
    const expired = page.filter((_, at) => loaded[at] === null);
    if (expired.length > 0) await redis.zrem(keys.sessionIndex(tenant), ...expired);
    return {
      sessions: loaded.filter((session) => session !== null),
      next: ids.length > limit ? (page.at(-1) ?? null) : null,
    };
  }

  return { make, load, list };
}

const json = z.string().transform((text): unknown => JSON.parse(text));

const repliesSchema = z.tuple([
  z.object({
    createdAtMs: z.coerce.number().optional(),
    skill: skillNameSchema.default(defaultSkill),
    metadata: json.prefault("{}").pipe(z.record(z.string(), z.string())),
    backend: json.prefault("null").pipe(backendSessionSchema.nullable()),
    timeline: json.prefault("null").pipe(timelineSchema.nullable()),
    timelineAtMs: z.coerce.number().optional(),
  }),
  jobIdSchema.nullable(),
  z.number(),
  z.string().nullable(),
]);
