import { describe, expect, it } from "vitest";
import { BackendError, type BackendReason } from "../../../src/backend-client/backend-error.ts";
import { sortFailure } from "../../../src/backend-client/outcome.ts";
import { rejectionIn, type Caller } from "../../../src/backend-client/rejection.ts";
import type { Endpoint } from "../../../src/backend-client/transport.ts";
import type { FailureCode } from "../../../src/domain/failure.ts";

const anonymous: Caller = { skill: "ai-to-video", kind: "anonymous", userId: "anon_7", webUrl: "https://web.example/" };
const configured: Caller = { ...anonymous, kind: "configured" };

function rejection(endpoint: Endpoint, status: number, body: unknown, caller = anonymous): BackendError {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const error = rejectionIn({ endpoint, status, text, caller, token: "nmv_usr_secret" });
  if (error === null) throw new Error("no rejection");
  return error;
}

/** What a message that met this answer is: the kind, and where it is unknown, why. */
function outcomeOf(status: number, body: unknown): string {
  const outcome = sortFailure(rejection("message", status, body));
  return outcome.kind === "unknown" ? `unknown: ${outcome.reason}` : `${outcome.kind}: ${outcome.failure.code}`;
}

describe("sorts the rejections of a message", () => {
  it.each<[status: number, body: unknown, expected: string]>([
    [401, "", "not_run: backend_auth"],
    [200, { code: 1001 }, "not_run: backend_auth"],
    [401, { code: 1001 }, "not_run: backend_auth"],
    [404, { detail: "Session not found" }, "not_run: session_gone"],
    [404, { error: "Session not found" }, "not_run: session_gone"],
    [200, { code: 1002 }, "not_run: session_gone"],
    [400, { code: 1002 }, "not_run: session_gone"],
    [200, { code: 2001 }, "not_run: insufficient_credits"],
    [402, { code: 2001 }, "not_run: insufficient_credits"],
    [200, { code: "2001" }, "not_run: insufficient_credits"],
    [402, "", "not_run: backend_rejected"],
    [402, { message: "Missing header X-Skill-Version" }, "not_run: backend_protocol"],
    [403, "<html>", "not_run: backend_forbidden"],
    [429, "", "not_run: rate_limited"],
    [200, { code: 429 }, "not_run: rate_limited"],
    [400, "", "unknown: unclear_rejection"],
    [409, { code: 409 }, "unknown: unclear_rejection"],
    [418, "", "unknown: unclear_rejection"],
    [200, { code: 4001 }, "unknown: unclear_rejection"],
    [200, { code: 9999 }, "unknown: unclear_rejection"],
    [500, "", "unknown: server_error"],
    [500, { code: 1001 }, "unknown: server_error"],
    [502, "<html>", "unknown: server_error"],
    [503, { code: 429 }, "unknown: server_error"],
    [504, "", "unknown: server_error"],
    [200, { code: 500 }, "unknown: server_error"],
    [302, "", "unknown: not_a_stream"],
  ])("HTTP %i with %j is %s", (status, body, expected) => {
    expect(outcomeOf(status, body)).toBe(expected);
  });

  it("as not run only where the protocol says so, whatever the status and code", () => {
    const saysNotRun = new Set([1001, 401, 1002, 404, 2001, 402, 403, 429]);
    const statuses = Array.from({ length: 400 }, (_, index) => 200 + index);
    const codes = [null, 1, 400, 401, 402, 403, 404, 409, 429, 500, 1000, 1001, 1002, 1003, 2000, 2001, 4001, 4002];
    const rejections = statuses.flatMap((status) =>
      codes.filter((code) => status >= 300 || code !== null).map((code) => ({ status, code })),
    );
    const wronglySettled = rejections.filter(({ status, code }) => {
      const isListed = saysNotRun.has(status) || (code !== null && saysNotRun.has(code));
      const maySettle = isListed && (status < 300 || status >= 400) && status < 500;
      return !maySettle && sortFailure(rejection("message", status, { code })).kind !== "unknown";
    });
    expect(rejections.length).toBeGreaterThan(7_000);
    expect(wronglySettled).toEqual([]);
  });

  it("takes a connection that did not come about for not sent, and one that broke for unknown", () => {
    expect(sortFailure(new BackendError("not_sent")).kind).toBe("not_sent");
    expect(sortFailure(new BackendError("no_answer"))).toMatchObject({ kind: "unknown", reason: "no_answer" });
  });
});

describe("gives every row of the protocol's table its reason and code", () => {
  it.each<[endpoint: Endpoint, status: number, body: unknown, reason: BackendReason, code: FailureCode]>([
    ["session", 200, { code: 1001 }, "token_rejected", "backend_auth"],
    ["state", 404, "", "session_gone", "session_gone"],
    ["upload", 200, { code: 4001 }, "file_type", "file_type_not_supported"],
    ["upload", 415, "", "file_type", "file_type_not_supported"],
    ["upload", 200, { code: 4002 }, "file_size", "file_too_large"],
    ["upload", 413, "", "file_size", "file_too_large"],
    ["token", 400, "", "client_id_rejected", "backend_auth"],
    ["state", 400, "", "rejected", "backend_rejected"],
    ["render_submit", 402, "", "export_refused", "export_not_in_plan"],
    ["render_submit", 200, { code: 402 }, "export_refused", "export_not_in_plan"],
    ["render_submit", 402, { message: "Missing attribution" }, "attribution_missing", "backend_protocol"],
    ["render_submit", 200, { code: 402, error: "X-Skill-Source?" }, "attribution_missing", "backend_protocol"],
    ["render_submit", 403, "", "forbidden", "backend_forbidden"],
    ["render_submit", 404, { code: 1002 }, "session_gone", "session_gone"],
    ["render_submit", 409, { message: "Render r already exists" }, "render_exists", "backend_rejected"],
    ["render_submit", 200, { success: false, error: "id already exists" }, "render_exists", "backend_rejected"],
    ["render_submit", 409, "", "render_exists", "backend_rejected"],
    ["render_submit", 409, { message: "The session has an active export" }, "render_busy", "backend_rejected"],
    ["render_status", 404, "", "render_not_found", "render_failed"],
    ["render_status", 200, { code: 1002 }, "render_not_found", "render_failed"],
    ["render_status", 200, { success: false, error: "Render not found" }, "render_not_found", "render_failed"],
    ["render_cancel", 404, "", "render_not_found", "render_failed"],
    ["credits", 429, "", "rate_limited", "rate_limited"],
    ["credits", 301, "", "protocol", "backend_protocol"],
    ["credits", 503, "", "server_error", "backend_unavailable"],
    ["credits", 200, { success: false }, "rejected", "backend_rejected"],
  ])("%s answered with HTTP %i and %j is %s", (endpoint, status, body, reason, code) => {
    expect(rejection(endpoint, status, body)).toMatchObject({ reason, code });
  });

  it.each<[status: number, body: unknown]>([
    [200, { code: 0, data: {} }],
    [201, { success: true }],
    [200, { status: "pending" }],
    [200, ""],
    [200, { code: null }],
  ])("HTTP %i with %j is no error", (status, body) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    expect(rejectionIn({ endpoint: "credits", status, text, caller: anonymous, token: null })).toBeNull();
  });
});

describe("says what to do", () => {
  it.each<[rule: string, endpoint: Endpoint, status: number, body: unknown, caller: Caller, words: string]>([
    [
      "an anonymous account out of credits registers",
      "message",
      200,
      { code: 2001 },
      anonymous,
      "https://web.example/register?bind=anon_7",
    ],
    [
      "without a user id, without binding",
      "message",
      200,
      { code: 2001 },
      { ...anonymous, userId: null },
      "https://web.example/register to",
    ],
    ["a registered one tops up", "message", 200, { code: 2001 }, configured, "Top up"],
    ["a configured token is named", "message", 401, "", configured, "NEMO_TOKEN"],
    ["an anonymous one is not", "message", 401, "", anonymous, "anonymous token"],
    ["a file over the limit learns the skill's limit", "upload", 200, { code: 4002 }, anonymous, "50 MB"],
    ["a type that is not accepted learns which are", "upload", 200, { code: 4001 }, anonymous, "webm"],
    ["export needs registering", "render_submit", 402, "", anonymous, "register?bind=anon_7"],
    ["or upgrading", "render_submit", 402, "", configured, "Upgrade"],
    [
      "a header that got lost is no matter of the plan",
      "render_submit",
      402,
      { msg: "No x-skill" },
      configured,
      "proxy",
    ],
    ["an anonymous account may lack the scope for it", "render_submit", 403, "", anonymous, "register"],
    ["a scope that is missing is named", "message", 403, "", configured, "read, write and upload"],
    ["a redirect points to the setting", "state", 302, "", anonymous, "NEMO_API_URL"],
  ])("%s", (_rule, endpoint, status, body, caller, words) => {
    expect(rejection(endpoint, status, body, caller).detail).toContain(words);
  });

  it("repeats nothing that the backend said, save in the cause, without tokens and cut to size", () => {
    const said = `bad token nmv_usr_secret, nmv_usr_other, Bearer abc ${"x".repeat(1000)}`;
    const error = rejection("state", 400, { message: said });
    expect(error.detail).not.toContain("bad token");
    expect(String(error.cause)).toContain("bad token [token], [token], Bearer [token]");
    expect(String(error.cause).length).toBeLessThan(400);
  });

  it.each([
    [
      'fetching "https://a.example/b.jpg?X-Signature=secret&x=1" failed',
      'fetching "https://a.example/b.jpg?[…]" failed',
    ],
    ["http://a.example#secret, and http://b.example/c", "http://a.example?[…] and http://b.example/c"],
    ["is https://a.example/b right? Yes", "is https://a.example/b right? Yes"],
  ])("quotes addresses without what they may be signed with: %s", (message, quoted) => {
    expect(String(rejection("upload", 400, { message }).cause)).toContain(quoted);
  });
});
