import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { JobFailure } from "../domain/failure.ts";
import type { IdempotencyEntry, IdempotencyRecords, KeptAnswer } from "./dependencies.ts";
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

export type Answer = {
  status: 200 | 201 | 202;
  body: { [field: string]: unknown };
  /** The path of what was made; null where nothing was. */
  location: string | null;
};

export type Making = {
  /** Stands for what is asked for: the same key with another one is a mistake of the caller. */
  fingerprint: string;
  newId: () => string;
  /**
   * Carries the request out. Whatever it makes has this id, and is left as it is where it exists already. A `JobFailure` says that
   * it made nothing; after any other error something may have been made.
   */
  make: (id: string) => Promise<Answer>;
};

/** Hash of a JSON value that does not depend on the order of its fields. */
export function fingerprintOf(value: unknown): string {
  const sorted = (_key: string, field: unknown): unknown =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : field;
  return createHash("sha256").update(JSON.stringify(value, sorted)).digest("hex");
}

/** Carries a request out and answers it; with an `Idempotency-Key`, once, whatever happens in between. */
export async function answerOnce(
  records: IdempotencyRecords,
  request: FastifyRequest,
  reply: FastifyReply,
  making: Making,
): Promise<void> {
  const entry = entryOf(request, making.fingerprint);
  if (entry === null) {
    send(request, reply, serialize(reply, await making.make(making.newId())));
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
      send(request, reply, reservation.answer);
      return;
    }
    case "run": {
      const made = await makeOrRelease(records, entry, request, () => making.make(reservation.resourceId));
      const answer = serialize(reply, made);
      // What was made stands, kept answer or not: a retry gets the same id after the lease, and with it the same resource.
      await records
        .settle(entry, answer)
        .catch((err: unknown) => request.log.warn({ err }, "idempotent answer not kept"));
      send(request, reply, answer);
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

function serialize(reply: FastifyReply, { status, body, location }: Answer): KeptAnswer {
  const text = reply.serializeInput(body, String(status), "application/json");
  if (typeof text !== "string") throw new Error("The serializer of a JSON answer gave no text");
  return { status, body: text, location };
}

function send(request: FastifyRequest, reply: FastifyReply, { status, body, location }: KeptAnswer): void {
  if (location !== null) {
    noteFact(request, { made: location.split("/").at(-1) });
    reply.header("location", location);
  }
  reply.code(status).type("application/json").send(body);
}
