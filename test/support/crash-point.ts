/**
 * Preloaded (`node --import …`) into a process of the service: kills or freezes it at the k-th time that it is about to say
 * something to Redis or over HTTP on behalf of a job. Counted where bytes are handed to the kernel, whichever library they come
 * from; what an idle worker says anyway (blocking reads, sweeps) names no job and is not counted.
 *
 *     CRASH_AT=k  CRASH_WHEN=before|after  CRASH_HOW=kill|stop
 *
 * A line of JSON on stderr says where it was; at a normal end, one says how many points there were.
 */
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { z } from "zod";

const { CRASH_AT, CRASH_WHEN, CRASH_HOW } = z
  .object({
    CRASH_AT: z.coerce.number().int(),
    CRASH_WHEN: z.enum(["before", "after"]),
    CRASH_HOW: z.enum(["kill", "stop"]),
  })
  .parse(process.env);

const maxQuotedChars = 100;
const stderr = 2;
let count = 0;

function report(line: object): void {
  writeSync(stderr, `${JSON.stringify(line)}\n`);
}

/** What `_writeGeneric` is given: one chunk, or several at once. */
const writtenSchema = z.union([
  z.string(),
  z.instanceof(Uint8Array),
  z.array(z.object({ chunk: z.union([z.string(), z.instanceof(Uint8Array)]) })),
]);

function textOf(written: unknown): string {
  const parsed = writtenSchema.safeParse(written);
  if (!parsed.success) return "";
  const chunks = Array.isArray(parsed.data) ? parsed.data.map(({ chunk }) => chunk) : [parsed.data];
  return chunks.map((chunk) => (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1"))).join("");
}

const request = /^(?:GET|POST|PUT|DELETE) \/\S*/;
/** As an argument of its own, in a key or in JSON: not in a packed list, by which locks are renewed when the clock says so. */
const job = /(?<=[\n:|"])job_[0-9a-z]{26}/;
/** The text of a Lua script, which goes out when Redis has not seen it yet. */
const scriptLine = /\n/;

/** The point in words, null for what is not counted. */
function pointIn(text: string): string | null {
  const [requested] = request.exec(text) ?? [];
  if (requested !== undefined) return requested;
  if (!text.startsWith("*") || !job.test(text)) return null;
  return text
    .split("\r\n")
    .filter((line) => !/^[*$]\d+$/.test(line) && !scriptLine.test(line))
    .join(" ")
    .slice(0, maxQuotedChars);
}

function crash(point: string): void {
  report({ crashedAt: count, when: CRASH_WHEN, point });
  process.kill(process.pid, CRASH_HOW === "kill" ? "SIGKILL" : "SIGSTOP");
}

// Node's own, below `write`: both libraries come through here, whatever they buffer, and when it returns the kernel has the bytes.
const original: unknown = Reflect.get(Socket.prototype, "_writeGeneric");
if (typeof original !== "function") throw new Error("This version of Node writes to sockets in another way.");

Reflect.set(Socket.prototype, "_writeGeneric", function writeGeneric(this: Socket, ...args: unknown[]): unknown {
  // Called again once it is connected; standard output may be a socket too, and has no port.
  const point = this.connecting || this.remotePort === undefined ? null : pointIn(textOf(args[1]));
  if (point !== null) count += 1;
  const isHere = point !== null && count === CRASH_AT;
  if (isHere && CRASH_WHEN === "before") crash(point);
  const result: unknown = Reflect.apply(original, this, args);
  if (isHere && CRASH_WHEN === "after") crash(point);
  return result;
});

process.on("exit", () => report({ crashPoints: count }));
