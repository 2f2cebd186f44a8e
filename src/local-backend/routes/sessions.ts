import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { draftTextOf } from "../draft.ts";
import { success } from "../envelope.ts";
import type { Services } from "../services.ts";
import type { Session } from "../session-record.ts";
import { parseBody, parseWith } from "./body.ts";
import { bearerOf } from "./gate.ts";

const newSessionSchema = z.object({ task_name: z.string().min(1), language: z.string().min(2).max(35) });

export const sessionPathSchema = z.object({ sessionId: z.string() });

/** Sessions and their state. */
export function addSessionRoutes(app: FastifyInstance, services: Services): void {
  const { sessions, settings, ledger } = services;
  app.post("/api/tasks/me/with-session/nemo_agent", { config: { endpoint: "session", scope: "write" } }, (request) => {
    const { language } = parseBody(request, newSessionSchema);
    const session = sessions.create(bearerOf(request), language);
    ledger.append({ type: "session", session: session.id, account: session.accountId, language });
    const user = settings.dialect === "first" ? { user_id: session.accountId } : {};
    return success({ session_id: session.id, task_id: session.taskId, ...user });
  });

  app.get(
    "/api/state/nemo_agent/me/:sessionId/latest",
    { config: { endpoint: "state", scope: "read" } },
    async (request, reply) => {
      const { sessionId } = parseWith(sessionPathSchema, request.params);
      const session = sessions.find(sessionId, bearerOf(request));
      return reply.type("application/json").send(stateText(session, originOf(request), services));
    },
  );
}

/** Where the caller reached this server, for the addresses in answers. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

/** The draft goes in as text: its ids are larger than what JSON.parse or JSON.stringify can carry. */
function stateText(session: Session, origin: string, { settings, clock, urls }: Services): string {
  const now = new Date(clock.nowMs()).toISOString();
  const { project } = session;
  const rest = JSON.stringify({
    video_infos: session.media.map((media) => ({
      hash: media.hash,
      filename: media.filename,
      file_type: media.fileType,
      url: urls.sign(origin, `/cdn/media/${media.hash}.${media.extension}`),
      duration: media.durationMs === null ? null : media.durationMs / 1000,
      width: media.widthPx,
      height: media.heightPx,
      fps: media.fps,
    })),
    generated_media: session.generated.map(({ id, kind, name, createdMs }) => ({
      media_id: id,
      type: kind,
      name,
      url: urls.sign(origin, `/cdn/generated/${id}.${kind === "video" ? "mp4" : "m4a"}`),
      created_at: new Date(createdMs).toISOString(),
    })),
    canvas_config: project === null ? null : { width: project.widthPx, height: project.heightPx, fps: 25 },
    updated_at: now,
  });
  const head = JSON.stringify({ session_id: session.id, user_id: session.accountId, read_at: now });
  return `{"code":0,"message":"success","data":${head.slice(0, -1)},"state":{"draft":${draftTextOf(session, settings.dialect)},${rest.slice(1)}}}`;
}
