import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { JobFailure } from "../domain/failure.ts";
import type { IdempotencyEntry, IdempotencyRecords } from "./dependencies.ts";
import { noteFact } from "./request-log.ts";

/** Headers of a route that makes something. Others pass unchecked. */
export const idempotencyHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
    .optional()
    .describe(
      "Any string that you choose for this request, such as a UUID. Sending the same key and body again answers what was answered first, and makes nothing new.",
    ),
});

const madeSchema = z.looseObject({ id: z.string() });

/** A JSON object with an id. */
type Resource = { id: string; [field: string]: unknown };

export type Making<Made extends Resource> = {
  /** Stands for what is to be made: the same key with another one is a mistake of the caller. */
  fingerprint: string;
  status: 201 | 202;
  newId: () => string;
  /**
   * Makes the resource `id`, or returns it where it exists already. A `JobFailure` says that nothing was made; after any other
   * error something may have been.
   */
  make: (id: string) => Promise<Made>;
};

/** Hash of a JSON value that does not depend on the order of its fields. */
export function fingerprintOf(value: unknown): string {
  const sorted = (_key: string, field: unknown): unknown =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : field;
  return createHash("sha256").update(JSON.stringify(value, sorted)).digest("hex");
}

/** Makes a resource and answers with it; with an `Idempotency-Key`, once, whatever happens in between. */
export async function answerOnce<Made extends Resource>(
  records: IdempotencyRecords,
  request: FastifyRequest,
  reply: FastifyReply,
  making: Making<Made>,
): Promise<void> {
  const entry = entryOf(request, making.fingerprint);
  if (entry === null) {
    sendMade(request, reply, making.status, serialize(reply, making, await making.make(making.newId())));
    return;
  }
  const reservation = await records.reserve({ ...entry, resourceId: making.newId() });
  switch (reservation.state) {
    case "mismatch":
      throw new JobFailure("idempotency_mismatch");
    case "in_flight":
      throw new JobFailure("idempotency_conflict");
    case "replay": {
      noteFact(request, { replayed: true });
      reply.header("idempotent-replayed", "true");
      sendMade(request, reply, reservation.answer.status, reservation.answer.body);
      return;
    }
    case "run": {
      const made = await makeOrRelease(records, entry, request, () => making.make(reservation.resourceId));
      const body = serialize(reply, making, made);
      // What was made stands, kept answer or not: a retry gets the same id after the lease, and with it the same resource.
      await records
        .settle(entry, { status: making.status, body })
        .catch((err: unknown) => request.log.warn({ err }, "idempotent answer not kept"));
      sendMade(request, reply, making.status, body);
      return;
    }
  }
}

function entryOf(request: FastifyRequest, fingerprint: string): IdempotencyEntry | null {
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string") return null;
  const route = `${request.method} ${request.routeOptions.url}`;
  return { tenant: request.tenant, route, key, fingerprint };
}

async function makeOrRelease<Made>(
  records: IdempotencyRecords,
  entry: IdempotencyEntry,
  request: FastifyRequest,
  make: () => Promise<Made>,
): Promise<Made> {
  try {
    return await make();
  } catch (error) {
    // Otherwise the reservation stays until its lease ends: had the key been freed and the resource made after all, a retry
    // would make a second one.
    if (error instanceof JobFailure) {
      await records.release(entry).catch((err: unknown) => request.log.warn({ err }, "idempotency key not released"));
    }
    throw error;
  }
}

function serialize<Made extends Resource>(reply: FastifyReply, { status }: Making<Made>, made: Made): string {
  const body = reply.serializeInput(made, String(status), "application/json");
  if (typeof body !== "string") throw new Error("The serializer of a JSON answer gave no text");
  return body;
}

function sendMade(request: FastifyRequest, reply: FastifyReply, status: number, body: string): void {
  const { id } = madeSchema.parse(JSON.parse(body));
  noteFact(request, { made: id });
  reply.code(status).type("application/json").header("location", `${request.routeOptions.url}/${id}`).send(body);
}
