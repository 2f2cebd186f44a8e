import { formatsInWords } from "./media-type.ts";

/**
 * The closed list of what can go wrong, as callers see it. One list serves HTTP problems (RFC 9457), the `error` of a
 * failed job and webhook bodies, so that a caller writes one switch for all three.
 *
 * `status` is the HTTP status where the code is answered over HTTP; a failed job carries the code alone.
 */
const catalogue = {
  // The request itself
  invalid_request: [400, "The request is not valid.", "Correct the fields named in `errors` and send it again."],
  unauthorized: [401, "The API key is missing or unknown.", "Send `Authorization: Bearer <API key>`."],
  not_found: [
    404,
    "There is no such resource.",
    "Check the address and the id; finished jobs are kept for a limited time.",
  ],
  method_not_allowed: [405, "This resource does not take this method.", "See `Allow` for the methods it takes."],
  payload_too_large: [413, "The body is larger than the limit.", "Send less than the limit named in `detail`."],
  unsupported_media_type: [415, "The content type is not accepted.", "Send the content type named in `detail`."],
  idempotency_conflict: [
    409,
    "A request with this Idempotency-Key is still in flight.",
    "Wait a second and send it again.",
  ],
  job_finished: [409, "The job has ended already.", "Read the job to see how it ended."],
  job_not_finished: [409, "The job has not ended yet.", "Wait for its end, or cancel it first."],
  nothing_to_retry: [409, "The job has succeeded.", "Submit a new job to make another video."],
  resend_required: [
    409,
    "The job's message may have been carried out, and charged.",
    "Look at the session first. To send the message again all the same, retry with `resend` set to true.",
  ],
  idempotency_mismatch: [
    422,
    "This Idempotency-Key was used with another body.",
    "Use a new key for a new request, or repeat the first body exactly.",
  ],
  too_many_requests: [429, "Too many requests.", "Wait for the time in `Retry-After`."],
  not_ready: [503, "The service is not ready.", "Send it again in a few seconds."],
  internal_error: [500, "Something went wrong inside Reelay.", "Quote the request id or job id to the operators."],

  // The inputs of a job
  file_type_not_supported: [
    415,
    "This type of file is not supported.",
    `Send media as ${formatsInWords("as_is", "to_jpg")}; a script as ${formatsInWords("to_text")}.`,
  ],
  file_too_large: [413, "The file is too large.", "Compress or trim it to the limit named in `detail`."],
  file_not_found: [422, "A file named in the input does not exist.", "Upload it with POST /v1/files and use its id."],
  document_encrypted: [
    422,
    "The document is protected by a password.",
    "Save it without the password and send it again.",
  ],
  document_without_text: [
    422,
    "No text was found in the document.",
    "A scan is a picture of text: send it through OCR first, or send the words as `input.text`.",
  ],
  document_unreadable: [
    422,
    "The file is damaged or not safe to open.",
    "Save it anew and send that; the words of a document can also be sent as `input.text`.",
  ],
  page_without_article: [422, "No article was found on the page.", "Send its words as `input.text`."],
  script_too_long: [422, "There is more text than a script may have.", "Shorten it, or split it into several jobs."],
  url_forbidden: [
    422,
    "A URL in the input leads to an address that is not public.",
    "Upload the file with POST /v1/files.",
  ],
  url_unreachable: [
    422,
    "A URL in the input could not be fetched.",
    "See `detail`; or upload the file with POST /v1/files.",
  ],
  output_not_possible: [
    422,
    "What `output` asks for cannot be done with what the session holds.",
    "See `detail`; a job in a new session can be made to these wishes.",
  ],
  session_empty: [409, "Nothing was made in this session yet.", "Submit a job in this session first."],

  // The backend and the account on it
  backend_auth: [502, "The backend did not accept the token.", "Operators: renew NEMO_TOKEN."],
  backend_forbidden: [
    502,
    "The token lacks a scope that this needs.",
    "Operators: use a token with read, write and upload.",
  ],
  backend_rejected: [502, "The backend refused the request.", "See `detail`; a changed input may be accepted."],
  backend_protocol: [
    502,
    "The backend answered in a way that Reelay does not know.",
    "Quote the job id to the operators.",
  ],
  backend_unavailable: [502, "The backend could not be reached.", "Try again later: nothing was charged for this."],
  rate_limited: [503, "The backend limits this account's rate.", "Try again later."],
  insufficient_credits: [
    402,
    "The account is out of credits.",
    "Top up, or register at the link in `detail`, and retry the job.",
  ],
  export_not_in_plan: [402, "The account's plan does not include export.", "Register or upgrade to unlock export."],
  session_gone: [409, "The session's timeline no longer exists on the backend.", "Start again in a new session."],
  generation_failed: [
    502,
    "The backend could not carry out the message.",
    "Change the script or instruction and submit a new job.",
  ],
  outcome_unknown: [
    502,
    "The message was sent and its outcome could not be learned.",
    "Look at the session before sending it again: it may have been carried out, and charged.",
  ],
  nothing_to_export: [422, "The session's timeline is empty.", "Generate something in this session first."],
  render_failed: [502, "The backend could not render the video.", "Retry the job: exporting again costs no credits."],
  video_broken: [502, "The rendered file does not play.", "Retry the job: exporting again costs no credits."],
  deadline_exceeded: [
    504,
    "The job did not finish within its deadline.",
    "Allow a longer `deadline_s`, or retry when there is less load.",
  ],
} as const satisfies Record<string, readonly [status: number, title: string, advice: string]>;

export type FailureCode = keyof typeof catalogue;

/** Every code, in the order of the catalogue; zod enums and the OpenAPI document are made from it. */
// `Object.keys` forgets the type of the keys.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const failureCodes = Object.keys(catalogue) as [FailureCode, ...FailureCode[]];

export type FailureInfo = {
  readonly status: number;
  readonly title: string;
  readonly advice: string;
};

export function describeFailure(code: FailureCode): FailureInfo {
  const [status, title, advice] = catalogue[code];
  return { status, title, advice };
}

/**
 * An expected failure: it ends the job (or the HTTP request) with a code from the closed list.
 * `detail` is shown to users, so it holds neither secrets nor raw backend output; `cause` stays in the log.
 */
export class JobFailure extends Error {
  override readonly name = "JobFailure";
  readonly code: FailureCode;
  readonly detail: string | undefined;

  constructor(code: FailureCode, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? code : `${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
  }
}
