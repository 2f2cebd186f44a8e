import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { ProtocolError } from "../protocol-error.ts";

/** The body in the shape asked for. Throws `bad_request`, naming each field that is wrong. */
export function parseBody<T>(request: FastifyRequest, schema: z.ZodType<T>): T {
  return parseWith(schema, request.body);
}

export function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ProtocolError("bad_request", z.prettifyError(parsed.error));
}
