import { z } from "zod";
import { jobIdSchema } from "../../domain/id.ts";
import { intents } from "../../domain/intent-model.ts";
import { intentOf } from "../../domain/intent.ts";
import { requestLimits } from "../../domain/job-request.ts";
import { messageRequestSchema } from "../../domain/message-request.ts";
import { defaultSkill } from "../../domain/skill.ts";
import { answerMessage, messageAnswerSchema } from "../answer-message.ts";
import type { AskBackend } from "../ask-backend.ts";
import { creditsViewSchema, readCredits } from "../credits-view.ts";
import type { ApiDeps } from "../dependencies.ts";
import { answerOnce, fingerprintOf, idempotencyHeaders } from "../idempotency.ts";
import { findSession } from "../look-at-session.ts";
import { answers, backendProblems, problems, type Api } from "../openapi-answers.ts";
import { acceptanceProblems } from "./jobs.ts";
import { sessionParams } from "./sessions.ts";

const intentRequestSchema = z
  .strictObject({
    text: z.string().max(requestLimits.textChars),
    has_files: z.boolean().default(false).describe("Whether files or URLs come with it."),
  })
  .meta({ id: "IntentRequest", examples: [{ text: "send me the video" }] });

const intentSchema = z
  .object({
    object: z.literal("intent"),
    action: z
      .enum(intents)
      .describe(
        "`message` goes to the backend, and may cost credits; the others cost nothing. In doubt it is `message`.",
      ),
    upload: z.boolean().describe("Files are put into the session first."),
  })
  .meta({ id: "Intent" });

/** What people write in a conversation, and what is asked on their behalf. */
export function addMessageRoutes(app: Api, deps: ApiDeps, ask: AskBackend): void {
  app.route({
    method: "POST",
    url: "/v1/sessions/:id/messages",
    schema: {
      operationId: "sendMessage",
      tags: ["sessions"],
      summary: "Say something in a session",
      description:
        "Does what it means. Questions about credits and about the timeline are answered at once (200). Everything else is a job in this session (202): an `export`, an `upload`, or a `generate` job that hands the message on. Jobs of a session run in the order accepted. Files that come with a message are put into the session first.",
      params: sessionParams,
      headers: idempotencyHeaders,
      body: messageRequestSchema,
      response: {
        200: answers("The answer.", messageAnswerSchema),
        202: answers("A job was accepted.", messageAnswerSchema),
        ...problems(...acceptanceProblems, "session_empty", "too_many_requests", ...backendProblems),
      },
    },
    handler: async (request, reply) => {
      const { tenant, params, body, log } = request;
      await answerOnce(deps.idempotency, request, reply, {
        fingerprint: fingerprintOf({ sessionId: params.id, ...body }),
        newId: () => deps.newId("job"),
        make: async (id) => {
          const session = await findSession(deps, tenant, params.id);
          const message = { tenant, session, jobId: jobIdSchema.parse(id), request: body };
          return await answerMessage({ ...deps, log, ask, reply }, message);
        },
      });
      return reply;
    },
  });

  app.route({
    method: "POST",
    url: "/v1/intents",
    schema: {
      operationId: "classifyIntent",
      tags: ["sessions"],
      summary: "Tell what a message means, without doing it",
      body: intentRequestSchema,
      response: {
        200: answers("What `POST /v1/sessions/{id}/messages` would do.", intentSchema),
        ...problems("invalid_request", "unauthorized", "payload_too_large", "unsupported_media_type", "internal_error"),
      },
    },
    handler: async ({ body: { text, has_files: hasFiles } }) => ({
      object: "intent" as const,
      ...intentOf({ text, hasFiles }),
    }),
  });

  app.route({
    method: "GET",
    url: "/v1/credits",
    schema: {
      operationId: "getCredits",
      tags: ["credits"],
      summary: "Read the credits",
      description: "Of the account on the backend that new sessions are made with. All API keys share it.",
      response: {
        200: answers("The balance now.", creditsViewSchema),
        ...problems("unauthorized", "too_many_requests", ...backendProblems, "internal_error"),
      },
    },
    handler: async (_request, reply) => await readCredits({ ...deps, ask, reply }, null, defaultSkill),
  });
}
