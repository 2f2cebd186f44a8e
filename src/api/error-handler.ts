import type { Socket } from "node:net";
import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { JobFailure } from "../domain/failure.ts";
import type { NewId } from "../domain/id.ts";
import { InvalidRequest } from "./invalid-request.ts";
import { problemOf, problemType, sendProblem } from "./problem.ts";
import { logWhenClosed, noteFact, pathOf } from "./request-log.ts";

/** Turns everything that is thrown, and every request that no route takes, into a problem. */
export function answerProblems(app: FastifyInstance, isUnavailable: (error: unknown) => boolean): void {
  app.setErrorHandler((error: Error, request, reply) => {
    if (!isUnavailable(error)) return answerError(error, request, reply);
    noteFact(request, { err: error });
    answerError(
      new JobFailure("not_ready", "The database is away; repeat the request with the same Idempotency-Key."),
      request,
      reply,
    );
  });
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, noRoute(request)));
  // Before the body is read: what no route takes is not worth parsing, and a broken body must not hide the 404.
  app.addHook("onRequest", async (request) => {
    if (request.is404) throw noRoute(request);
  });
}

/** For errors before routing, such as a URL that cannot be decoded: no hook runs for them. */
export function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  logWhenClosed(request, reply);
  answerError(error, request, reply);
}

function answerError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  // What fails because the client has gone is no failure of ours, and nobody is left to be told.
  if (reply.raw.destroyed) return;
  if (error instanceof JobFailure) {
    if (error.cause instanceof Error) noteFact(request, { cause: error.cause.message });
    sendProblem(request, reply, error);
    return;
  }
  const refusal = refusalOfFramework(error, request);
  if (refusal !== null) {
    // Fastify asks for the connection to be closed, which can reset it before the client has read why.
    reply.removeHeader("connection");
    sendProblem(request, reply, refusal.failure, refusal.status);
    return;
  }
  noteFact(request, { err: error });
  sendProblem(request, reply, new JobFailure("internal_error"));
}

function noRoute(request: FastifyRequest): JobFailure {
  return new JobFailure("not_found", `There is no route ${request.method} ${pathOf(request)}.`);
}

/** What Fastify and its plugins refuse on their own account; null for what is not the client's doing. */
function refusalOfFramework(error: Error, request: FastifyRequest): { failure: JobFailure; status?: number } | null {
  const { code, statusCode } = error as Partial<FastifyError>;
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE": {
      const limit = request.routeOptions.bodyLimit;
      return { failure: new JobFailure("payload_too_large", `The limit is ${limit} bytes.`) };
    }
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE": {
      const expected = request.routeOptions.schema?.consumes?.[0] ?? "application/json";
      return { failure: new JobFailure("unsupported_media_type", `Send \`${expected}\`.`) };
    }
    case "FST_ERR_MAX_PARAM_LENGTH":
      return { failure: noRoute(request) };
    case "FST_ERR_BAD_URL":
      return { failure: invalid("path", "it is not a valid, percent-encoded URL") };
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return { failure: invalid("body", "its length is not the one that `Content-Length` gives") };
    case undefined:
    default:
      if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return null;
      return {
        failure: new JobFailure("invalid_request", error.message, { cause: error }),
        status: statusCode,
      };
  }
}

function invalid(place: "path" | "body", message: string): InvalidRequest {
  return new InvalidRequest([{ in: place, path: "", message }]);
}

/** Answers what is not even HTTP, or too much of it; there is neither request nor reply then. */
export function createClientErrorHandler(newId: NewId): (error: Error, socket: Socket) => void {
  return (error, socket) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, detail] = describeClientError(code);
    const problem = problemOf(new JobFailure("invalid_request", detail), newId("req"), status);
    const body = JSON.stringify(problem);
    socket.end(
      [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        `content-type: ${problemType}`,
        `content-length: ${Buffer.byteLength(body)}`,
        `x-request-id: ${problem.request_id}`,
        "connection: close",
        "",
        body,
      ].join("\r\n"),
    );
  };
}

function describeClientError(code = ""): [status: number, detail: string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return [431, "The headers are larger than 16 KiB."];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, "The request took too long to arrive."];
    default:
      return [400, "This is not valid HTTP."];
  }
}
