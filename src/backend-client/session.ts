import { z } from "zod";
import type { SkillName } from "../domain/skill.ts";
import { dataIn, wireIdSchema } from "./answer-data.ts";
import type { Asker } from "./ask.ts";

/** A session on the backend, as every call about it takes it. */
export type BackendSession = {
  backendSessionId: string;
  /** The identity that made it, which it is only ever asked about with. */
  identityId: string;
  skill: SkillName;
  /** The backend's name for the user, which the registration link takes. */
  userId: string | null;
};

const createdSchema = z.object({
  session_id: wireIdSchema,
  task_id: wireIdSchema.nullish(),
  user_id: wireIdSchema.nullish(),
});

/** Makes a session with the current identity. `language` is that of the script, `en` when in doubt. */
export async function createSession(
  asker: Asker,
  input: { skill: SkillName; language: string; signal: AbortSignal },
): Promise<BackendSession & { taskId: string | null }> {
  const { skill, language, signal } = input;
  const { text, identity } = await asker.ask({
    endpoint: "session",
    method: "POST",
    path: "/api/tasks/me/with-session/nemo_agent",
    body: JSON.stringify({ task_name: "project", language }),
    identityId: null,
    userId: null,
    skill,
    signal,
  });
  const made = dataIn(text, "session", createdSchema);
  return {
    backendSessionId: made.session_id,
    taskId: made.task_id ?? null,
    identityId: identity.id,
    skill,
    userId: made.user_id ?? identity.userId,
  };
}

/** What a question about a session has in common with all others. */
export function about(session: BackendSession) {
  return { identityId: session.identityId, userId: session.userId, skill: session.skill };
}

const claimSchema = z.object({ claim_token: z.string().min(1), expires_in: z.number().nullish() });

/** A link that opens the project in a browser. It holds a claim token, which has no rights on the API. */
export async function claimProject(
  asker: Asker,
  input: { session: BackendSession; taskId: string | null; webUrl: string; signal: AbortSignal },
): Promise<{ url: string; expiresInS: number | null }> {
  const { session, taskId, webUrl, signal } = input;
  const { text } = await asker.ask({
    endpoint: "claim",
    method: "POST",
    path: "/api/auth/claim-token",
    body: JSON.stringify({ task_id: taskId, session_id: session.backendSessionId }),
    ...about(session),
    signal,
  });
  const claim = dataIn(text, "claim", claimSchema);
  const url = `${webUrl.replace(/\/+$/, "")}/workspace/claim?ct=${encodeURIComponent(claim.claim_token)}`;
  return { url, expiresInS: claim.expires_in ?? null };
}
