import type { Logger } from "pino";
import type { Backend } from "../backend-client/backend.ts";
import type { BackendSession } from "../backend-client/session.ts";
import { mayGoOn, type RecoveryTimings } from "../domain/recovery.ts";
import { defaultSkill } from "../domain/skill.ts";
import type { Admission } from "../queue/admission.ts";
import type { JobRecords } from "../queue/job-record.ts";
import type { SessionRef } from "../queue/keys.ts";
import type { Settling } from "../queue/settling.ts";
import { isSessionGone } from "./backend-session.ts";

export type SessionSettlerDeps = {
  backend: Backend;
  records: JobRecords;
  settling: Settling;
  admission: Admission;
  timings: RecoveryTimings;
  now: () => number;
  log: Logger;
};

/** A look is two small questions; an answer that takes longer counts as none. */
const lookLimitMs = 20_000;

/** Generation goes on for 300 s without its client; a state that still moves after this long is somebody else's doing. */
const restLimitMs = 60 * 60_000;

/**
 * After a message of unknown outcome or a cancelled one, the run may go on at the backend. Its session is opened again when two
 * reads of its state, as far apart as recovery wants them, agree and the run is over.
 */
export function createSessionSettler(deps: SessionSettlerDeps) {
  const { backend, records, settling, admission, timings, now, log } = deps;

  return async function settleSessions(): Promise<void> {
    const sessions = await settling.sessions();
    await Promise.all(sessions.map(async ({ session, sinceMs }) => await look(session, sinceMs)));
  };

  async function look(session: SessionRef, sinceMs: number): Promise<void> {
    const rest = await settling.loadRest(session);
    const dueAtMs = rest === null ? sinceMs : rest.readAtMs + timings.readEveryMs;
    if (now() < dueAtMs) return;
    try {
      const place = await records.loadBackendSession(session);
      if (place === null || now() - sinceMs > restLimitMs) return await open(session);
      const signal = AbortSignal.timeout(lookLimitMs);
      const { fingerprint } = await backend.readState({ session: { ...place, skill: defaultSkill }, signal });
      const agreesSinceMs = rest?.fingerprint === fingerprint ? rest.agreesSinceMs : now();
      const isAgreed = now() - agreesSinceMs >= timings.readEveryMs;
      const isQuiet = isAgreed && !(await mayBeRunning(place, now() - sinceMs, signal));
      if (isQuiet) return await open(session);
      await settling.saveRest(session, { fingerprint, agreesSinceMs, readAtMs: now() });
    } catch (error) {
      if (isSessionGone(error)) return await open(session);
      log.warn({ err: error, sessionId: session.id }, "could not look whether a session is at rest; later again");
    }
  }

  async function mayBeRunning(
    { identityId }: Pick<BackendSession, "identityId">,
    ageMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { frozen } = await backend.readCredits({ identityId, skill: defaultSkill, signal });
    return mayGoOn({ frozen, hasOtherWork: await admission.isBusy(), ageMs }, timings);
  }

  async function open(session: SessionRef): Promise<void> {
    await settling.saveRest(session, null);
    await admission.settled(session);
  }
}
