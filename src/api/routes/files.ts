import { fastifyMultipart } from "@fastify/multipart";
import { fastifyStatic } from "@fastify/static";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { JobFailure } from "../../domain/failure.ts";
import { fileIdSchema } from "../../domain/id.ts";
import { largestFileBytes } from "../../domain/skill.ts";
import type { ApiDeps, FileRecord } from "../dependencies.ts";
import { fileViewSchema, viewOfFile } from "../file-view.ts";
import { answerOnce, fingerprintOf, idempotencyHeaders } from "../idempotency.ts";
import { answers, invalidRequest, noContent, problems, type Api } from "../openapi-answers.ts";
import { receiveFile } from "../receive-file.ts";
import { writeOrFind } from "../write-or-find.ts";

const fileParams = z.object({ id: fileIdSchema });

const contentSchema = z.any().meta({ type: "string", format: "binary" });

/** Only documents the body: it is streamed, so there is nothing to validate. */
const uploadSchema = z.any().meta({
  type: "object",
  required: ["file"],
  properties: { file: { type: "string", format: "binary" } },
});

/** The routes live in a scope of their own: nothing but these takes multipart bodies, and these take nothing else. */
export async function addFileRoutes(app: Api, deps: ApiDeps): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(fastifyMultipart);
  await app.register(fastifyStatic, { serve: false });

  app.route({
    method: "POST",
    url: "/v1/files",
    schema: {
      operationId: "uploadFile",
      tags: ["files"],
      summary: "Upload a file",
      description: `One file of up to ${largestFileBytes} bytes. Its type is recognised by its content.`,
      consumes: ["multipart/form-data"],
      headers: idempotencyHeaders,
      body: uploadSchema,
      response: {
        201: answers("The file is stored.", fileViewSchema),
        ...problems(
          "invalid_request",
          "unauthorized",
          "idempotency_conflict",
          "file_too_large",
          "unsupported_media_type",
          "file_type_not_supported",
          "idempotency_mismatch",
          "internal_error",
        ),
      },
    },
    handler: async (request, reply) => {
      await uploadFile(deps, request, reply);
      return reply;
    },
  });

  app.route({
    method: "GET",
    url: "/v1/files/:id",
    schema: {
      operationId: "getFile",
      tags: ["files"],
      summary: "Read what is known of a file",
      params: fileParams,
      response: {
        200: answers("The file.", fileViewSchema),
        ...problems("invalid_request", "unauthorized", "not_found", "internal_error"),
      },
    },
    handler: async (request) => viewOfFile(await findFile(deps, request.tenant, request.params.id)),
  });

  app.route({
    method: "GET",
    url: "/v1/files/:id/content",
    schema: {
      operationId: "downloadFile",
      tags: ["files"],
      summary: "Download a file",
      description: "Takes `Range`, so players can seek in a video and downloads can go on.",
      params: fileParams,
      response: {
        200: answers("The content.", contentSchema, "application/octet-stream"),
        206: answers("The part that `Range` asked for.", contentSchema, "application/octet-stream"),
        304: noContent("It is still the one that `If-None-Match` or `If-Modified-Since` names."),
        ...invalidRequest(412, "It is not the one that `If-Match` or `If-Unmodified-Since` names."),
        ...invalidRequest(416, "The file ends before the range that was asked for."),
        ...problems("invalid_request", "unauthorized", "not_found", "internal_error"),
      },
    },
    handler: async (request, reply) => {
      const file = await findFile(deps, request.tenant, request.params.id);
      const path = deps.storage.pathOf(file.storageKey);
      reply.type(file.mime).header("cache-control", "private, no-cache");
      return reply.download(path, file.name, { contentType: false, cacheControl: false });
    },
  });
}

async function uploadFile(deps: ApiDeps, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!request.isMultipart()) {
    throw new JobFailure("unsupported_media_type", "Send `multipart/form-data`.");
  }
  const received = await receiveFile(deps, request, reply);
  let isHandedOver = false;
  try {
    await answerOnce(deps.idempotency, request, reply, {
      // Known only now that the content is: so the bytes of a repeated upload are received, and dropped.
      fingerprint: fingerprintOf([received.name, received.sha256]),
      newId: () => deps.newId("file"),
      make: async (id) => {
        isHandedOver = true;
        const file = { id: fileIdSchema.parse(id), tenant: request.tenant, createdAtMs: deps.now(), ...received };
        const body = viewOfFile(await keepFile(deps, file));
        return { status: 201, body, location: `/v1/files/${id}` };
      },
    });
  } finally {
    if (!isHandedOver) await deps.storage.remove(received.storageKey);
  }
}

/** Records the file, or returns the one that has its id since an attempt before; its bytes go when they are not needed. */
async function keepFile({ files, storage }: ApiDeps, file: FileRecord): Promise<FileRecord> {
  const find = async (): Promise<FileRecord | null> => await files.load(file.tenant, file.id);
  const undo = async (): Promise<void> => await storage.remove(file.storageKey);
  const standing = await find();
  if (standing !== null) {
    await undo();
    return standing;
  }
  const write = async (): Promise<FileRecord> => {
    await files.save(file);
    return file;
  };
  return await writeOrFind({ write, find, undo });
}

/** Throws `not_found` where the tenant has no such file. */
async function findFile({ files }: ApiDeps, tenant: string, id: FileRecord["id"]): Promise<FileRecord> {
  const file = await files.load(tenant, id);
  if (file === null) throw new JobFailure("not_found", `There is no file ${id}.`);
  return file;
}
