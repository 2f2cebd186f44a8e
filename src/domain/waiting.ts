import { z } from "zod";

/** Why a job waits, as callers see it. It is kept beside the record, since it depends on others: its session, its account, the clock. */
export const waitingSchema = z
  .object({
    reason: z.enum([
      "session_busy",
      "session_settling",
      "scheduled",
      "rate_limited",
      "credits",
      "backend_down",
      "paused",
    ]),
    detail: z.string().describe("The reason in words."),
    until: z.iso.datetime().nullable().describe("When it will be looked at again, where that is known."),
  })
  .meta({ id: "Waiting" });
export type Waiting = z.infer<typeof waitingSchema>;

export const sessionBusy: Waiting = {
  reason: "session_busy",
  detail: "An earlier job of this session has not ended yet.",
  until: null,
};

export const sessionSettling: Waiting = {
  reason: "session_settling",
  detail: "What an earlier job did in this session may still be going on; the job starts when the session is at rest.",
  until: null,
};

export function scheduledFor(runAfterMs: number): Waiting {
  return { reason: "scheduled", detail: "It is not to start before `run_after`.", until: isoTime(runAfterMs) };
}

/** Why sends of an account, or of all (`*`), are held back. */
export type GateReason = Extract<Waiting["reason"], "rate_limited" | "credits" | "backend_down" | "paused">;

/** Gates that concern paid messages only; the others hold back every start. */
export function isPaidOnly(reason: GateReason): boolean {
  return reason === "credits" || reason === "paused";
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
