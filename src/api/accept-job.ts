import type { FastifyBaseLogger } from "fastify";
import { JobFailure } from "../domain/failure.ts";
import type { JobId } from "../domain/id.ts";
import { impossibleWishes, planOf, requestLimits, type JobRequest } from "../domain/job-request.ts";
import { nothingMade, type QueuedJob } from "../domain/job.ts";
import type { Hint } from "../domain/hint.ts";
import { hintsFor } from "../domain/hints-for.ts";
import { formatOfUrl } from "../domain/media-type.ts";
import { defaultSkill, type SkillName } from "../domain/skill.ts";
import { checkInputs } from "./check-inputs.ts";
import type { ApiDeps, FileRecord, StoredJob } from "./dependencies.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { writeOrFind } from "./write-or-find.ts";

const utf8BytesPerChar = 4;
const maxScriptBytes = requestLimits.textChars * utf8BytesPerChar;

type AcceptanceDeps = Pick<
  ApiDeps,
  "now" | "newId" | "jobs" | "sessions" | "files" | "storage" | "checkUrl" | "onAccepted"
> & { log: FastifyBaseLogger };

type Acceptance = { tenant: string; id: JobId; request: JobRequest };

/**
 * Accepts a job under `id`, or returns the job that has this id already.
 * A `JobFailure` says that nothing was made.
 */
export async function acceptJob(deps: AcceptanceDeps, acceptance: Acceptance): Promise<StoredJob> {
  const { tenant, id, request } = acceptance;
  // Before the checks: what they ask for may be gone by the time that a request is repeated.
  const standing = await deps.jobs.load(tenant, id);
  if (standing !== null) return standing;
  if (request.webhook !== undefined) checkWebhookUrl(deps, request.webhook.url);
  checkWishes(request);
  const skill = await skillFor(deps, tenant, request);
  const files = await checkInputs(deps, tenant, request, skill);
  const hints = hintsOf(request, skill, files);
  const textKey = await storeScript(deps, request.input.text);
  const discardScript = async (): Promise<void> => {
    if (textKey === null) return;
    await deps.storage.remove(textKey).catch((err: unknown) => deps.log.warn({ err, textKey }, "script not removed"));
  };
  const accepted = await writeOrFind({
    write: async () => await deps.jobs.submit(queuedJob(deps, acceptance, { skill, textKey, hints })),
    find: async () => await deps.jobs.load(tenant, id),
    undo: discardScript,
  });
  // A repeated request was faster: its job has its own copy of the script.
  if (accepted.job.input.textKey !== textKey) await discardScript();
  // The job is durable, and admission looks for itself as well: the answer need not wait for it.
  deps.onAccepted().catch((err: unknown) => deps.log.warn({ err }, "admission not told"));
  return accepted;
}

function checkWebhookUrl({ checkUrl }: AcceptanceDeps, url: string): void {
  try {
    checkUrl(url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it is not allowed";
    throw new JobFailure("invalid_request", `webhook.url cannot be used: ${reason}`, { cause: error });
  }
}

/** The schema of a request refuses them too; this is for requests that are made of something else. */
function checkWishes(request: JobRequest): void {
  const faults = impossibleWishes(request);
  if (faults.length === 0) return;
  throw new InvalidRequest(faults.map(({ path, message }) => ({ in: "body", path: path.join("."), message })));
}

/** Throws `not_found` where the request names a session that the tenant does not have. */
async function skillFor(
  { sessions }: AcceptanceDeps,
  tenant: string,
  { session_id: sessionId, skill }: JobRequest,
): Promise<SkillName> {
  if (sessionId === undefined) return skill ?? defaultSkill;
  const session = await sessions.load(tenant, sessionId);
  if (session === null) throw new JobFailure("not_found", `There is no session ${sessionId}.`);
  return skill ?? session.skill;
}

async function storeScript(deps: AcceptanceDeps, text: string | undefined): Promise<string | null> {
  if (text === undefined) return null;
  const { key } = await deps.storage.put("script", text, { maxBytes: maxScriptBytes });
  return key;
}

/** Of what is known now: the words of documents, and what a URL leads to, are learned only by the worker. */
function hintsOf({ input }: JobRequest, skill: SkillName, files: readonly FileRecord[]): Hint[] {
  const byUrl = input.urls.map(formatOfUrl).filter((format) => format !== null);
  const { text = null, instruction = null } = input;
  return hintsFor({ skill, script: text, instruction, files: [...files, ...byUrl] });
}

function queuedJob(
  { now, newId }: AcceptanceDeps,
  { tenant, id, request }: Acceptance,
  { skill, textKey, hints }: { skill: SkillName; textKey: string | null; hints: Hint[] },
): QueuedJob {
  const createdAtMs = now();
  const { input } = request;
  return {
    status: "queued",
    id,
    tenant,
    type: request.type,
    skill,
    plan: planOf(request),
    stageIndex: 0,
    sessionId: request.session_id ?? newId("ses"),
    ownsSession: request.session_id === undefined,
    input: {
      textKey,
      files: input.files,
      urls: input.urls,
      instruction: input.instruction ?? null,
    },
    output: request.output,
    allowEdits: request.allow_edits,
    hints,
    webhook: request.webhook ?? null,
    metadata: request.metadata,
    priority: request.priority,
    createdAtMs,
    runAfterMs: request.run_after === undefined ? null : Date.parse(request.run_after),
    cancelRequestedAtMs: null,
    stageStartedAtMs: null,
    deadlineAtMs: createdAtMs + request.deadline_s * 1_000,
    retryOf: null,
    batchId: null,
    made: nothingMade,
    crashes: 0,
  };
}
