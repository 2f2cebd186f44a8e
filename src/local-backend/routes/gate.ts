import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Account } from "../accounts.ts";
import type { EndpointName, Scope } from "../endpoints.ts";
import { wireError } from "../envelope.ts";
import type { Fault } from "../faults.ts";
import { tokenHash } from "../ledger.ts";
import { ProtocolError } from "../protocol-error.ts";
import type { Services } from "../services.ts";
import { breakAnswer, replaceAnswer } from "./misbehave.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The name that faults and the ledger know this call by. Control routes have none. */
    endpoint?: EndpointName;
    /** What the token must be allowed to do; a route without one takes no token. */
    scope?: Scope;
  }
  interface FastifyRequest {
    fault: Fault | null;
    bearer: Account | null;
    /** The JSON body as it was sent. */
    rawText: string;
  }
}

/** What every call goes through before and after its route: ledger, fault, token, and the form of a refusal. */
export function addGate(app: FastifyInstance, services: Services): void {
  app.decorateRequest("fault", null);
  app.decorateRequest("bearer", null);
  app.decorateRequest("rawText", "");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    request.rawText = String(body);
    try {
      done(null, request.rawText === "" ? undefined : JSON.parse(request.rawText));
    } catch {
      done(new ProtocolError("bad_request", "The body is not valid JSON"));
    }
  });

  app.addHook("onRequest", async (request) => noteRequest(request, services));
  app.addHook("preHandler", async (request, reply) => {
    const { endpoint, scope } = request.routeOptions.config;
    request.fault = endpoint === undefined ? null : services.faults.take(endpoint);
    if (request.fault !== null && endpoint !== undefined) {
      services.ledger.append({ type: "fault", endpoint, fault: request.fault });
      const answered = await meetFault(request, reply, request.fault);
      if (answered) return reply;
    }
    if (scope !== undefined) request.bearer = authorize(request, scope, services);
    return undefined;
  });
  app.addHook("onSend", (request, reply, payload) => breakAnswer(request, reply, payload));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, services));
  app.setNotFoundHandler(() => {
    throw new ProtocolError("not_found", "There is no such path");
  });
}

/** The account of a call that its route asked a token for. */
export function bearerOf(request: FastifyRequest): Account {
  if (request.bearer === null) throw new Error(`${request.url} has no scope in its route's config`);
  return request.bearer;
}

/** The part of a fault that comes before the work. True when the call ends with it. */
async function meetFault(request: FastifyRequest, reply: FastifyReply, fault: Fault): Promise<boolean> {
  if (fault.delay_ms !== undefined) await sleep(fault.delay_ms, undefined, { ref: false });
  if (fault.reset_before === true) {
    reply.hijack();
    request.raw.socket.resetAndDestroy();
    return true;
  }
  if (fault.hang === "before") {
    reply.hijack();
    return true;
  }
  if ((fault.status === undefined && fault.code === undefined) || fault.after_work === true) return false;
  await reply.send(replaceAnswer(reply, fault));
  return true;
}

function authorize(request: FastifyRequest, scope: Scope, { accounts }: Services): Account {
  const token = bearerToken(request);
  const account = token === null ? null : accounts.byToken(token);
  if (account === null) throw new ProtocolError("unauthorized", "Token is invalid or expired");
  if (!account.scopes.includes(scope)) throw new ProtocolError("forbidden", `The token lacks the scope ${scope}`);
  return account;
}

function bearerToken(request: FastifyRequest): string | null {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
}

function noteRequest(request: FastifyRequest, { ledger, accounts }: Services): void {
  if (request.url.startsWith("/__local/")) return;
  const token = bearerToken(request);
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, hideTokens(String(value), token)]],
  );
  const url = hideTokens(request.url, token);
  const inQuery = Object.values(new URL(request.url, "http://local").searchParams).some(
    (value) => accounts.byToken(value) !== null,
  );
  ledger.append({
    type: "request",
    endpoint: request.routeOptions.config.endpoint ?? null,
    method: request.method,
    url,
    headers: Object.fromEntries(headers),
    token: token === null ? null : tokenHash(token),
    token_in_url: inQuery || url !== request.url,
  });
}

/** Anonymous tokens wherever they stand, and the one that this call came with. */
function hideTokens(text: string, token: string | null): string {
  const hidden = text.replaceAll(/nmv_usr_[\w-]+/g, tokenHash);
  return token === null ? hidden : hidden.replaceAll(token, tokenHash);
}

async function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { ledger, settings }: Services,
): Promise<void> {
  const endpoint = request.routeOptions.config.endpoint ?? null;
  if (error instanceof ProtocolError) {
    const { status, code, body } = wireError(error, endpoint, settings.dialect);
    ledger.append({ type: "refusal", endpoint, status, code, message: error.message });
    await reply.code(status).send(body);
    return;
  }
  const status =
    error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  const message = error instanceof Error ? error.message : String(error);
  ledger.append({ type: "refusal", endpoint, status, code: status, message });
  if (status >= 500) request.log.error(error);
  await reply.code(status).send({ code: status, message });
}
