import { z } from "zod";
import { skillNamed, type SkillName } from "../domain/skill.ts";
import { BackendError, type BackendReason } from "./backend-error.ts";
import type { Endpoint } from "./transport.ts";

/** On whose behalf a call went out: what to advise depends on it. */
export type Caller = {
  skill: SkillName;
  kind: "configured" | "anonymous";
  /** The user id of the session or state answer, which the registration link takes. */
  userId: string | null;
  webUrl: string;
};

const maxQuotedChars = 300;

const text = z.string().nullish().catch(null);
const envelopeSchema = z.object({
  code: z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
    .nullish()
    .catch(null),
  success: z.boolean().nullish().catch(null),
  message: text,
  msg: text,
  error: text,
  detail: text,
});

/**
 * The error in an answer, null if it is none. It is one by its HTTP status, by a `code` other than 0 under a 200, or by
 * `"success": false` (render calls).
 */
export function rejectionIn(answer: {
  endpoint: Endpoint;
  status: number;
  text: string;
  caller: Caller;
  /** The token that the call went out with, in case the backend quotes it back. */
  token: string | null;
}): BackendError | null {
  const { endpoint, status, caller, token } = answer;
  const envelope = envelopeSchema.safeParse(jsonOrNull(answer.text)).data;
  const code = envelope?.code ?? null;
  const isFine = status >= 200 && status < 300 && (code === null || code === 0) && envelope?.success !== false;
  if (isFine) return null;
  const said = envelope?.message ?? envelope?.msg ?? envelope?.error ?? envelope?.detail ?? "";
  const reason = reasonOf(endpoint, status, code, said);
  return new BackendError(reason, adviceFor(reason, endpoint, status, code, caller), {
    httpStatus: status,
    wireCode: code,
    cause: new Error(`The backend said: ${withoutSecrets(said, token).slice(0, maxQuotedChars)}`),
  });
}

function reasonOf(endpoint: Endpoint, status: number, code: number | null, said: string): BackendReason {
  if (status >= 500) return "server_error";
  if (status >= 300 && status < 400) return "protocol";
  if ((status === 402 || code === 402) && /x-skill|attribution|header/i.test(said)) return "attribution_missing";
  if (endpoint === "render_submit" && /already exists|duplicate/i.test(said)) return "render_exists";
  if (endpoint === "render_submit" && /active|in progress|concurrent|another export/i.test(said)) return "render_busy";
  return reasonOfNumber(endpoint, code ?? 0) ?? reasonOfNumber(endpoint, status) ?? unnumberedReason(endpoint, said);
}

/** A `code` of the protocol's table, or an HTTP status: the backend uses either for the same things. */
function reasonOfNumber(endpoint: Endpoint, number: number): BackendReason | null {
  if (number >= 500 && number < 600) return "server_error";
  switch (number) {
    case 1001:
    case 401:
      return "token_rejected";
    case 1002:
    case 404:
      return endpoint === "render_status" || endpoint === "render_cancel" || endpoint === "download"
        ? "render_not_found"
        : "session_gone";
    case 2001:
      return "out_of_credits";
    case 4001:
      return "file_type";
    case 4002:
      return "file_size";
    case 400:
      return endpoint === "token" ? "client_id_rejected" : null;
    case 402:
      return endpoint === "render_submit" ? "export_refused" : "plan_refused";
    case 403:
      return "forbidden";
    case 409:
      return endpoint === "render_submit" ? "render_exists" : null;
    case 413:
      return endpoint === "upload" ? "file_size" : null;
    case 415:
      return endpoint === "upload" ? "file_type" : null;
    case 429:
      return "rate_limited";
    default:
      return null;
  }
}

function unnumberedReason(endpoint: Endpoint, said: string): BackendReason {
  const isAboutRender = endpoint === "render_status" || endpoint === "render_cancel";
  return isAboutRender && /not found|no such/i.test(said) ? "render_not_found" : "rejected";
}

/** What to do about it, in words that the caller of a job can act on. */
function adviceFor(
  reason: BackendReason,
  endpoint: Endpoint,
  status: number,
  code: number | null,
  caller: Caller,
): string {
  const numbers = code === null || code === status ? `HTTP ${status}` : `HTTP ${status}, code ${code}`;
  const isAnonymous = caller.kind === "anonymous";
  switch (reason) {
    case "out_of_credits":
      return isAnonymous
        ? `Register at ${registrationLink(caller)} to get credits.`
        : "Top up the account that NEMO_TOKEN belongs to.";
    case "export_refused":
      // The transport sends all three attribution headers with every request, so a 402 that names none is about the plan.
      return isAnonymous
        ? `Register at ${registrationLink(caller)}, or upgrade, to unlock export.`
        : "Upgrade the plan of the account that NEMO_TOKEN belongs to, to unlock export.";
    case "attribution_missing":
      return "The backend missed an X-Skill header. All three were sent, so something on the way, such as a proxy, takes it off. The plan is not the matter.";
    case "forbidden":
      return isAnonymous && endpoint === "render_submit"
        ? `An anonymous account may not export: register at ${registrationLink(caller)}.`
        : "The token needs the scopes read, write and upload.";
    case "token_rejected":
      return isAnonymous
        ? "The anonymous token was rejected."
        : "NEMO_TOKEN was rejected: it is wrong or has expired. Set a valid one.";
    case "client_id_rejected":
      return "The client id was not accepted.";
    case "session_gone":
      return "The backend has dropped the session, and what was in it.";
    case "file_type":
      return "A file is damaged, or of another type than mp4, mov, avi, webm, mkv, jpg, png, gif, webp, mp3, wav, m4a or aac.";
    case "file_size":
      return `The limit of ${caller.skill} is ${skillNamed(caller.skill).largestFileBytes / 1e6} MB a file: compress or trim it.`;
    case "rate_limited":
      return "The backend still answered 429 after a pause.";
    case "protocol":
      return `The backend redirected (${numbers}), which is not followed: check NEMO_API_URL.`;
    case "not_sent":
    case "no_answer":
    case "server_error":
    case "render_not_found":
    case "render_exists":
    case "render_busy":
    case "plan_refused":
    case "rejected":
      return `The ${endpoint.replace("_", " ")} call was answered with ${numbers}.`;
  }
}

function registrationLink({ webUrl, userId }: Caller): string {
  const link = `${webUrl.replace(/\/+$/, "")}/register`;
  return userId === null ? link : `${link}?bind=${encodeURIComponent(userId)}`;
}

/** Takes out tokens, and what follows the path of a URL: the backend quotes addresses that it was to fetch, and those may be signed. */
export function withoutSecrets(said: string, token: string | null): string {
  const withoutOwn = token === null ? said : said.replaceAll(token, "[token]");
  const withoutQueries = withoutOwn.replaceAll(/(https?:\/\/[^\s?#"']*)[?#][^\s"']*/gi, "$1?[…]");
  return withoutQueries.replaceAll(/\b(nmv_|clm_)\w+/g, "[token]").replaceAll(/bearer\s+\S+/gi, "Bearer [token]");
}

function jsonOrNull(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
