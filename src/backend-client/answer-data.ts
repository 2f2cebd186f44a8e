import { z } from "zod";
import { BackendError } from "./backend-error.ts";
import type { Endpoint } from "./transport.ts";

const envelopeSchema = z.object({ data: z.record(z.string(), z.unknown()).optional() }).catchall(z.unknown());

/** What an answer carries: the fields under `data`, or at the top level where there is no `data` (some render calls). */
export function dataIn<Shape>(body: string, endpoint: Endpoint, schema: z.ZodType<Shape>): Shape {
  const parsed = schema.safeParse(fieldsIn(body));
  if (parsed.success) return parsed.data;
  throw new BackendError(
    "protocol",
    `The answer of the ${endpoint.replace("_", " ")} call lacks what it should hold.`,
    { cause: parsed.error },
  );
}

function fieldsIn(body: string): unknown {
  try {
    const envelope = envelopeSchema.safeParse(JSON.parse(body));
    return envelope.data?.data ?? envelope.data;
  } catch {
    return undefined;
  }
}

/** Ids are text; a bare number is taken as long as it has lost no digits. */
export const wireIdSchema = z.union([z.string().min(1), z.int().transform(String)]);
