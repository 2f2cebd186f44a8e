import type { FastifyBaseLogger, FastifyReply } from "fastify";
import { z } from "zod";
import { answerText, type Said } from "../domain/answer-text.ts";
import { JobFailure } from "../domain/failure.ts";
import { sessionIdSchema, type JobId } from "../domain/id.ts";
import { intentOf } from "../domain/intent.ts";
import { jobViewSchema } from "../domain/job-view.ts";
import { languageOfWords } from "../domain/language.ts";
import { hasFiles, jobRequestOf, type MessageRequest } from "../domain/message-request.ts";
import { sessionViewSchema, viewOfSession, type Session } from "../domain/session.ts";
import { summaryOf } from "../domain/timeline.ts";
import { acceptJob } from "./accept-job.ts";
import type { AskBackend } from "./ask-backend.ts";
import { creditsViewSchema, readCredits } from "./credits-view.ts";
import type { ApiDeps } from "./dependencies.ts";
import type { Answer } from "./idempotency.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { viewOf } from "./job-answer.ts";
import { lookAt } from "./look-at-session.ts";

const shared = {
  object: z.literal("answer"),
  session_id: sessionIdSchema,
  text: z.string().describe("The answer in words, in the language of the message: English or Chinese."),
};
const uploadJob = jobViewSchema
  .nullable()
  .describe("The job that uploads the files of the message; null without files.");

export const messageAnswerSchema = z
  .discriminatedUnion("action", [
    z
      .object({ ...shared, action: z.literal("credits"), credits: creditsViewSchema, job: uploadJob })
      .meta({ id: "CreditsAnswer" }),
    z
      .object({ ...shared, action: z.literal("state"), session: sessionViewSchema, job: uploadJob })
      .meta({ id: "StateAnswer" }),
    z
      .object({ ...shared, action: z.enum(["export", "upload", "message"]), job: jobViewSchema })
      .meta({ id: "JobAnswer", description: "A job carries it out." }),
  ])
  .meta({ id: "MessageAnswer" });
type MessageAnswer = z.infer<typeof messageAnswerSchema>;

type Deps = ApiDeps & { log: FastifyBaseLogger; ask: AskBackend; reply: FastifyReply };
type Message = { tenant: string; session: Session; jobId: JobId; request: MessageRequest };

/**
 * Does what a person's message means: answers at once, or starts a job with the given id, in the message's session. Where that
 * job exists already, nothing new is started. A `JobFailure` says that no job was.
 */
export async function answerMessage(deps: Deps, message: Message): Promise<Answer> {
  const { session, request } = message;
  const words = request.text ?? "";
  const { action, upload } = intentOf({ text: words, hasFiles: hasFiles(request) });
  const language = languageOfWords(words);
  const answer = (said: Said) => ({
    object: "answer" as const,
    session_id: session.id,
    text: answerText(said, upload && said.action !== "upload", language),
  });
  switch (action) {
    case "credits": {
      const credits = await readCredits(deps, session.place?.identityId ?? null, session.skill);
      const job = upload ? await start(deps, message, "upload") : null;
      return answerWith({ ...answer({ action, ...credits }), action, credits, job });
    }
    case "state": {
      const look = await lookAt(deps, deps.ask, deps.reply, session);
      const view = viewOfSession(session, look);
      const timeline = look.kind === "seen" ? look.sight.timeline : null;
      const summary = timeline === null ? view.summary : summaryOf(timeline, language);
      const job = upload ? await start(deps, message, "upload") : null;
      return answerWith({ ...answer({ action, session: view, summary }), action, session: view, job });
    }
    case "upload": {
      if (!upload) throw nothingToUpload();
      return answerWith({ ...answer({ action }), action, job: await start(deps, message, "upload") });
    }
    case "export":
      return answerWith({ ...answer({ action }), action, job: await start(deps, message, "export") });
    case "message":
      return answerWith({ ...answer({ action }), action, job: await start(deps, message, "generate") });
  }
}

function answerWith(body: MessageAnswer): Answer {
  return body.job === null
    ? { status: 200, body, location: null }
    : { status: 202, body, location: `/v1/jobs/${body.job.id}` };
}

async function start(
  deps: Deps,
  { tenant, session, jobId, request }: Message,
  type: "upload" | "generate" | "export",
): Promise<z.infer<typeof jobViewSchema>> {
  const standing = await deps.jobs.load(tenant, jobId);
  if (standing !== null) return viewOf(standing);
  if (type === "export" && !hasFiles(request)) assertSomethingToExport(session);
  const job = jobRequestOf(request, type, session.id);
  return viewOf(await acceptJob(deps, { tenant, id: jobId, request: job }));
}

function assertSomethingToExport({ id, place, timeline, currentJobId }: Session): void {
  if (place !== null || timeline !== null || currentJobId !== null) return;
  throw new JobFailure("session_empty", `Nothing was put into ${id} yet, so there is nothing to export.`);
}

function nothingToUpload(): InvalidRequest {
  const message = "there is nothing to upload: upload files with POST /v1/files, and name them here or in `urls`";
  return new InvalidRequest([{ in: "body", path: "files", message }]);
}
