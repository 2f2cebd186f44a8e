import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { ProtocolError } from "../protocol-error.ts";
import type { Services } from "../services.ts";
import { parseWith } from "./body.ts";

const addressSchema = z.object({
  folder: z.enum(["renders", "media", "generated"]),
  name: z.string().regex(/^[\w-]+\.\w+$/),
});
const signedSchema = z.object({ expires: z.string(), nonce: z.string(), signature: z.string() });

/** Finished videos and uploaded files, for whoever has the signed address. Takes no token, and byte ranges. */
export function addCdnRoute(app: FastifyInstance, { urls, renders, media }: Services): void {
  app.get("/cdn/:folder/:name", { config: { endpoint: "cdn" } }, async (request, reply) => {
    const { folder, name } = parseWith(addressSchema, request.params);
    const signed = signedSchema.safeParse(request.query);
    if (!signed.success || !urls.isValid(`/cdn/${folder}/${name}`, signed.data)) {
      throw new ProtocolError("forbidden", "The address is not signed, or has expired");
    }
    const path = folder === "renders" ? renders.videoPath(name.replace(/\.mp4$/, "")) : join(media.dir, name);
    const info = await stat(path).catch(() => null);
    if (folder === "generated" || info === null) throw new ProtocolError("not_found", `${name} is not kept here`);
    reply.type(folder === "renders" ? "video/mp4" : "application/octet-stream").header("accept-ranges", "bytes");
    return sendRange(reply, path, info.size, request.headers.range);
  });
}

function sendRange(reply: FastifyReply, path: string, size: number, range: string | undefined): FastifyReply {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (first === undefined) return reply.header("content-length", size).send(createReadStream(path));
  const start = Number(first);
  const end = Math.min(last ? Number(last) : Infinity, size - 1);
  if (start > end) return reply.code(416).header("content-range", `bytes */${size}`).send();
  reply
    .code(206)
    .header("content-range", `bytes ${start}-${end}/${size}`)
    .header("content-length", end - start + 1);
  return reply.send(createReadStream(path, { start, end }));
}
