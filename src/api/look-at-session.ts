import type { FastifyReply } from "fastify";
import { JobFailure } from "../domain/failure.ts";
import type { SessionId } from "../domain/id.ts";
import type { Look, Session, SessionSight } from "../domain/session.ts";
import { timelineOfText } from "../domain/timeline.ts";
import type { AskBackend } from "./ask-backend.ts";
import type { ApiDeps, PlacedSession, SeenSession } from "./dependencies.ts";

/** Throws `not_found` where the tenant has no such session. */
export async function findSession(
  { sessions }: Pick<ApiDeps, "sessions">,
  tenant: string,
  id: SessionId,
): Promise<Session> {
  const session = await sessions.load(tenant, id);
  if (session === null) throw new JobFailure("not_found", `There is no session ${id}.`);
  return session;
}

/** Reads what the backend has of a session now. That it cannot tell is an answer too: then what was kept is shown. */
export async function lookAt(
  { backend, now }: Pick<ApiDeps, "backend" | "now">,
  ask: AskBackend,
  reply: FastifyReply,
  session: Session,
): Promise<Look> {
  const { place } = session;
  if (place === null) return { kind: "not_asked" };
  try {
    const seen = await ask(reply, async (signal) => await backend.session(placed(session, place), signal));
    return { kind: "seen", sight: sightOf(seen), atMs: now() };
  } catch (error) {
    if (!(error instanceof JobFailure)) throw error;
    return error.code === "session_gone" ? { kind: "dropped" } : { kind: "failed", code: error.code };
  }
}

export function placed({ skill }: Session, place: NonNullable<Session["place"]>): PlacedSession {
  return { ...place, skill };
}

function sightOf({ draftText, media, isReady }: SeenSession): SessionSight {
  return {
    timeline: draftText === null || !isReady ? null : timelineOfText(draftText),
    media: media.map(({ name, origin }) => ({ name, origin: origin === "video_infos" ? "uploaded" : "generated" })),
    isReady,
  };
}
