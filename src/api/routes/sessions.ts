import { z } from "zod";
import { JobFailure } from "../../domain/failure.ts";
import { sessionIdSchema } from "../../domain/id.ts";
import { sessionRequestSchema, sessionViewSchema, viewOfSession, type Session } from "../../domain/session.ts";
import { isoTime } from "../../domain/waiting.ts";
import type { AskBackend } from "../ask-backend.ts";
import type { ApiDeps } from "../dependencies.ts";
import { answerOnce, fingerprintOf, idempotencyHeaders } from "../idempotency.ts";
import { findSession, lookAt, placed } from "../look-at-session.ts";
import { answers, backendProblems, problems, type Api } from "../openapi-answers.ts";

const maxPageSize = 100;
const defaultPageSize = 20;

export const sessionParams = z.object({ id: sessionIdSchema });

const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(maxPageSize).default(defaultPageSize),
  cursor: sessionIdSchema.optional().describe("`next_cursor` of the page before."),
});

const sessionPageSchema = z
  .object({
    object: z.literal("list"),
    data: z.array(sessionViewSchema),
    has_more: z.boolean(),
    next_cursor: z.string().nullable().describe("`cursor` of the next page; null on the last one."),
  })
  .meta({ id: "SessionPage" });

const claimSchema = z
  .object({
    object: z.literal("claim"),
    session_id: sessionIdSchema,
    url: z
      .string()
      .describe("Opens the session in the backend's own editor. Whoever has it can: treat it as a secret."),
    expires_at: z.iso.datetime().nullable().describe("Null where the backend does not say."),
  })
  .meta({ id: "Claim" });

export function addSessionRoutes(app: Api, deps: ApiDeps, ask: AskBackend): void {
  app.route({
    method: "POST",
    url: "/v1/sessions",
    schema: {
      operationId: "createSession",
      tags: ["sessions"],
      summary: "Make a session",
      description:
        "It takes messages and jobs, which build on each other. Nothing is made on the backend yet: the first job does that. A session that no job has used for the time that finished jobs are kept is forgotten.",
      headers: idempotencyHeaders,
      body: sessionRequestSchema,
      response: {
        201: answers("The session.", sessionViewSchema),
        ...problems(
          "invalid_request",
          "unauthorized",
          "idempotency_conflict",
          "payload_too_large",
          "unsupported_media_type",
          "idempotency_mismatch",
          "internal_error",
        ),
      },
    },
    handler: async (request, reply) => {
      const { tenant, body } = request;
      await answerOnce(deps.idempotency, request, reply, {
        fingerprint: fingerprintOf(body),
        newId: () => deps.newId("ses"),
        make: async (id) => {
          const session = { ...body, id: sessionIdSchema.parse(id), createdAtMs: deps.now() };
          const made = await deps.sessions.make(tenant, session);
          return { status: 201, body: asKept(made), location: `/v1/sessions/${id}` };
        },
      });
      return reply;
    },
  });

  app.route({
    method: "GET",
    url: "/v1/sessions",
    schema: {
      operationId: "listSessions",
      tags: ["sessions"],
      summary: "List sessions, newest first",
      description:
        "Also those that jobs made for themselves. The backend is not asked: what was kept of each is shown.",
      querystring: listQuery,
      response: {
        200: answers("A page of sessions.", sessionPageSchema),
        ...problems("invalid_request", "unauthorized", "internal_error"),
      },
    },
    handler: async ({ tenant, query }) => {
      const { sessions, next } = await deps.sessions.list(tenant, {
        limit: query.limit,
        before: query.cursor ?? null,
      });
      return { object: "list" as const, data: sessions.map(asKept), has_more: next !== null, next_cursor: next };
    },
  });

  app.route({
    method: "GET",
    url: "/v1/sessions/:id",
    schema: {
      operationId: "getSession",
      tags: ["sessions"],
      summary: "Read a session",
      description:
        "As it is on the backend now. Where the backend cannot tell, what the last job kept of the timeline is shown, with its time in `as_of`.",
      params: sessionParams,
      response: {
        200: answers("The session as it is now.", sessionViewSchema),
        ...problems("invalid_request", "unauthorized", "not_found", "internal_error"),
      },
    },
    handler: async ({ tenant, params }, reply) => {
      const session = await findSession(deps, tenant, params.id);
      return viewOfSession(session, await lookAt(deps, ask, reply, session));
    },
  });

  app.route({
    method: "POST",
    url: "/v1/sessions/:id/claim",
    schema: {
      operationId: "claimSession",
      tags: ["sessions"],
      summary: "Get a link that opens a session in a browser",
      description:
        "A new one each time. The link is a secret, so it is stored nowhere: an `Idempotency-Key` changes nothing here.",
      params: sessionParams,
      response: {
        200: answers("The link.", claimSchema),
        ...problems(
          "invalid_request",
          "unauthorized",
          "not_found",
          "session_empty",
          "session_gone",
          "too_many_requests",
          ...backendProblems,
          "internal_error",
        ),
      },
    },
    handler: async ({ tenant, params }, reply) => {
      const session = await findSession(deps, tenant, params.id);
      const { place } = session;
      if (place === null) throw new JobFailure("session_empty", `Nothing was put into ${session.id} yet.`);
      const claim = await ask(reply, async (signal) => await deps.backend.claim(placed(session, place), signal));
      const { url, expiresInS } = claim;
      const expires_at = expiresInS === null ? null : isoTime(deps.now() + expiresInS * 1_000);
      return { object: "claim" as const, session_id: session.id, url, expires_at };
    },
  });
}

function asKept(session: Session): z.infer<typeof sessionViewSchema> {
  return viewOfSession(session, { kind: "not_asked" });
}
