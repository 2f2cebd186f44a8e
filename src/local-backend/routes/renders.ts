import { createReadStream } from "node:fs";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { z } from "zod";
import type { Account } from "../accounts.ts";
import { draftTextOf, readDraft } from "../draft.ts";
import { renderSuccess } from "../envelope.ts";
import { ProtocolError } from "../protocol-error.ts";
import type { Render } from "../render-record.ts";
import type { Services } from "../services.ts";
import { parseBody, parseWith } from "./body.ts";
import { bearerOf } from "./gate.ts";
import { originOf } from "./sessions.ts";

const attributionHeaders = ["x-skill-source", "x-skill-version", "x-skill-platform"] as const;

/** The id becomes a file name. */
const renderIdSchema = z
  .string()
  .regex(/^render_[\w-]{1,120}$/, "must be `render_` and up to 120 letters, digits, `_` or `-`");
const submitSchema = z.object({
  id: renderIdSchema,
  sessionId: z.string(),
  draft: z.record(z.string(), z.unknown()),
  output: z.object({ format: z.literal("mp4"), quality: z.string().min(1) }),
});
const renderPathSchema = z.object({ renderId: z.string() });

/** Exports. The draft is taken out of the body as the text that it is, and rendered from that alone. */
export function addRenderRoutes(app: FastifyInstance, services: Services): void {
  const { renders, settings, urls } = services;
  const find = (request: FastifyRequest) =>
    renders.find(parseWith(renderPathSchema, request.params).renderId, bearerOf(request).id);

  app.post("/api/render/proxy/lambda", { config: { endpoint: "render_submit", scope: "write" } }, (request) => {
    const account = bearerOf(request);
    requireExport(request, account, services);
    const { id, sessionId, output } = parseBody(request, submitSchema);
    const session = services.sessions.find(sessionId, account);
    const draftText = rawDraft(request.rawText);
    const draftUnchanged = draftText === draftTextOf(session, settings.dialect);
    const { fault } = request;
    const wrong = {
      fails: fault?.render_fail === true,
      slowMs: fault?.render_slow_ms ?? 0,
      broken: fault?.broken_video === true,
    };
    const render = renders.submit({
      id,
      sessionId,
      accountId: account.id,
      draftText,
      draftUnchanged,
      quality: output.quality,
      ...wrong,
    });
    return renderSuccess(settings.dialect, statusFields(render, request, services));
  });

  app.get("/api/render/proxy/lambda/:renderId", { config: { endpoint: "render_status", scope: "read" } }, (request) =>
    renderSuccess(settings.dialect, statusFields(find(request), request, services)),
  );

  app.post(
    "/api/render/proxy/lambda/:renderId/cancel",
    { config: { endpoint: "cancel", scope: "write" } },
    async (request) => {
      const render = find(request);
      await renders.cancel(render);
      return renderSuccess(settings.dialect, statusFields(render, request, services));
    },
  );

  app.get(
    "/api/render/proxy/:renderId/download",
    { config: { endpoint: "download", scope: "read" } },
    async (request, reply) => {
      const render = find(request);
      if (render.status !== "completed")
        throw new ProtocolError("not_found", `Render ${render.id} is ${render.status}`);
      if (settings.dialect === "first") return reply.redirect(urls.sign(originOf(request), videoAddress(render)));
      return reply.type("video/mp4").send(createReadStream(renders.videoPath(render.id)));
    },
  );
}

function videoAddress({ id }: Render): string {
  return `/cdn/renders/${id}.mp4`;
}

function requireExport(request: FastifyRequest, account: Account, { settings }: Services): void {
  const missing = attributionHeaders.filter((name) => (request.headers[name] ?? "") === "");
  const refusedByPlan = account.kind === "anonymous" && settings.plan === "anonymous";
  if (missing.length > 0 || refusedByPlan) throw new ProtocolError("plan", "Export is not included in your plan");
}

/** Throws `bad_request` when it is no draft, or has nothing on it. */
function rawDraft(body: string): string {
  const root = parseTree(body);
  const node = root && findNodeAtLocation(root, ["draft"]);
  if (node === undefined) throw new ProtocolError("bad_request", "draft: missing");
  const text = body.slice(node.offset, node.offset + node.length);
  try {
    readDraft(text);
  } catch (error) {
    throw new ProtocolError("bad_request", error instanceof Error ? error.message : "draft: cannot be read");
  }
  return text;
}

function statusFields(render: Render, request: FastifyRequest, { settings, urls }: Services): Record<string, unknown> {
  const { id, status, progress, error } = render;
  const url = status === "completed" ? urls.sign(originOf(request), videoAddress(render)) : null;
  if (settings.dialect === "first")
    return { id, status, progress, ...(url && { outputUrl: url }), ...(error && { errorMessage: error }) };
  return { id, status, progress, ...(url && { output: { url } }), ...(error && { error: { message: error } }) };
}
