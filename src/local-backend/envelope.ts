import type { Dialect } from "./draft.ts";
import type { EndpointName } from "./endpoints.ts";
import type { ProtocolError, Refusal } from "./protocol-error.ts";

/**
 * HTTP status and code of each refusal. The codes from 1001 to 4002 come with their status in the dialect `first`, and
 * with HTTP 200 in `last`; 2001 has no status of its own, since 402 means the plan.
 */
const wire: Record<Refusal, { status: number; code: number }> = {
  bad_request: { status: 400, code: 400 },
  unauthorized: { status: 401, code: 1001 },
  session_not_found: { status: 404, code: 1002 },
  out_of_credits: { status: 200, code: 2001 },
  file_type: { status: 400, code: 4001 },
  file_too_large: { status: 413, code: 4002 },
  plan: { status: 402, code: 402 },
  forbidden: { status: 403, code: 403 },
  not_found: { status: 404, code: 404 },
  conflict: { status: 409, code: 409 },
  rate_limited: { status: 429, code: 429 },
};

export type WireError = { status: number; code: number; body: Record<string, unknown> };

export function success(data: unknown): { code: 0; message: string; data: unknown } {
  return { code: 0, message: "success", data };
}

/** What a render call answers: under `data` in the dialect `first`, at the top level in `last`. */
export function renderSuccess(dialect: Dialect, fields: Record<string, unknown>): Record<string, unknown> {
  return dialect === "first" ? { success: true, data: fields } : fields;
}

/** A refusal as it goes over the wire: the agent runtime, the render proxy and everything else each have a form of it. */
export function wireError(error: ProtocolError, endpoint: EndpointName | null, dialect: Dialect): WireError {
  const { status: ownStatus, code } = wire[error.refusal];
  const status = dialect === "last" && code >= 1001 ? 200 : ownStatus;
  if (endpoint === "message" && status === 404) return { status, code, body: { error: error.message } };
  const body = { code, message: error.message };
  const isRender = endpoint === "render_submit" || endpoint === "render_status" || endpoint === "cancel";
  return { status, code, body: isRender && dialect === "first" ? { success: false, ...body } : body };
}
