import { fastify, LogController, type FastifyInstance } from "fastify";
import { serializerCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { createAskBackend } from "./ask-backend.ts";
import { requireApiKey } from "./authentication.ts";
import { defaultApiLimits, type ApiDeps, type ApiLimits } from "./dependencies.ts";
import { answerProblems, answerUnroutable, createClientErrorHandler } from "./error-handler.ts";
import { createOpenStreams, type OpenStreams } from "./event-stream.ts";
import { closeGracefully } from "./graceful-close.ts";
import { parseJsonBodies } from "./json-body.ts";
import type { Api } from "./openapi-answers.ts";
import { serveOpenApi } from "./openapi.ts";
import { refuseOtherMethods } from "./refused-methods.ts";
import { logRequests } from "./request-log.ts";
import { validateRequest } from "./request-validation.ts";
import { addFileRoutes } from "./routes/files.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addJobEventRoutes } from "./routes/job-events.ts";
import { addJobControlRoutes } from "./routes/job-control.ts";
import { addJobRoutes } from "./routes/jobs.ts";
import { addMessageRoutes } from "./routes/messages.ts";
import { addOperatorRoutes } from "./routes/operator.ts";
import { addProblemTypeRoutes } from "./routes/problem-types.ts";
import { addSessionRoutes } from "./routes/sessions.ts";
import { addSkillRoutes } from "./routes/skills.ts";

/** A request id from outside is taken over when it is harmless in logs and headers. */
const saneRequestId = /^[\w.:-]{1,128}$/;

/** The HTTP API, ready to listen. Closing it ends the event streams first, so that it does not wait for their clients. */
export async function createApi(deps: ApiDeps): Promise<FastifyInstance> {
  const limits: ApiLimits = { ...defaultApiLimits, ...deps.limits };
  const app: Api = fastify({
    loggerInstance: deps.logger,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: "requestId",
    }),
    genReqId: ({ headers }) => {
      const given = headers["x-request-id"];
      return typeof given === "string" && saneRequestId.test(given) ? given : deps.newId("req");
    },
    bodyLimit: limits.jsonBodyBytes,
    connectionTimeout: limits.idleConnectionMs,
    requestTimeout: limits.requestMs,
    // While it closes, requests that still arrive are served: its own 503 would not be a problem document.
    return503OnClosing: false,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: createClientErrorHandler(deps.newId),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validateRequest);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest("tenant", "");
  logRequests(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id).header("x-content-type-options", "nosniff");
  });
  parseJsonBodies(app);
  answerProblems(app, deps.isUnavailable);

  const streams = createOpenStreams(limits.maxEventStreams);
  app.addHook("preClose", async () => streams.closeAll());
  closeGracefully(app, limits);

  const refuseTheRest = refuseOtherMethods(app);
  await serveOpenApi(app);
  await app.register(async (v1: Api) => addV1Routes(v1, deps, limits, streams));
  const { operator } = deps;
  if (operator !== null) await app.register(async (scope: Api) => addOperatorRoutes(scope, operator, deps.now));
  addProblemTypeRoutes(app);
  addHealthRoutes(app, deps, limits);
  refuseTheRest();
  await app.ready();
  return app;
}

async function addV1Routes(v1: Api, deps: ApiDeps, limits: ApiLimits, streams: OpenStreams): Promise<void> {
  requireApiKey(v1, deps.tenantOf);
  v1.addHook("onRequest", async (_request, reply) => {
    reply.header("cache-control", "no-store");
  });
  addJobRoutes(v1, deps);
  addJobControlRoutes(v1, deps);
  addJobEventRoutes(v1, deps, limits, streams);
  addSkillRoutes(v1);
  const ask = createAskBackend(limits);
  addSessionRoutes(v1, deps, ask);
  addMessageRoutes(v1, deps, ask);
  await v1.register(async (scope: Api) => addFileRoutes(scope, deps));
}
