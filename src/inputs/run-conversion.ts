import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { z } from "zod";
import { failureCodes, JobFailure } from "../domain/failure.ts";
import type { ConversionAnswer, ConversionTask } from "./conversion.ts";

const entry = join(import.meta.dirname, "conversion-process.ts");
const ownCode = ["src", "node_modules", "package.json"].map((name) => join(import.meta.dirname, "../..", name));

const answerSchema = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("text"), text: z.string(), title: z.string().nullable() }),
  z.object({ outcome: z.literal("picture"), bytes: z.int(), widthPx: z.int(), heightPx: z.int() }),
  z.object({
    outcome: z.literal("failed"),
    code: z.enum(failureCodes),
    detail: z.string(),
    cause: z.string().nullable(),
  }),
  z.object({ outcome: z.literal("out_of_memory") }),
  z.object({ outcome: z.literal("crashed"), cause: z.string() }),
]) satisfies z.ZodType<ConversionAnswer>;

/**
 * Runs one conversion in a process of its own, which may read its file and its own code, write the one target and nothing more (no
 * other programs, no environment and so no secrets), and is gone when this settles. A process, because hostile bytes can make a
 * thread bring down the process that it is in.
 *
 * Throws `JobFailure` where the file is to blame, running out of time or memory included; the signal's reason once it fires.
 */
export async function runConversion(
  task: ConversionTask,
  signal: AbortSignal,
): Promise<Extract<ConversionAnswer, { outcome: "text" | "picture" }>> {
  signal.throwIfAborted();
  const timeLimitMs = task.kind === "picture" ? task.limits.pictureTimeMs : task.limits.documentTimeMs;
  const timeout = AbortSignal.timeout(timeLimitMs);
  const answer = await answerOf(startProcess(task), task, AbortSignal.any([signal, timeout])).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      if (!timeout.aborted) throw error;
      throw unsafe(task, `it could not be read within ${timeLimitMs / 1000} seconds`, error);
    },
  );
  switch (answer.outcome) {
    case "text":
    case "picture":
      return answer;
    case "failed":
      throw new JobFailure(answer.code, answer.detail, { cause: answer.cause ?? undefined });
    case "out_of_memory":
      throw unsafe(task, "to read it takes more memory than a file may take");
    case "crashed":
      throw new Error(`A conversion crashed: ${answer.cause}`);
    default:
      return answer satisfies never;
  }
}

/** As arguments of Node. Other files hold secrets: the environment of this process is one (`/proc/…/environ`). */
export function rightsOf(task: ConversionTask): string[] {
  const readable = [...ownCode, resolve(task.path)];
  const rights = ["--permission", "--allow-worker", ...readable.map((path) => `--allow-fs-read=${path}`)];
  if (task.kind === "picture") rights.push(`--allow-fs-write=${resolve(task.targetPath)}`);
  return rights;
}

function startProcess(task: ConversionTask): ChildProcess {
  return fork(entry, {
    execArgv: [...rightsOf(task), "--disallow-code-generation-from-strings", "--no-warnings"],
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

/** The process's answer, once it has ended. */
async function answerOf(child: ChildProcess, task: ConversionTask, signal: AbortSignal): Promise<ConversionAnswer> {
  const ended = once(child, "exit").then(endedWithout);
  try {
    child.send(task, () => {});
    const message = once(child, "message", { signal }).then(([answer]) => answerSchema.parse(answer));
    return await Promise.race([message, ended]);
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

/** What it means that the process ended without an answer. V8 and the kernel end it by a signal, for what it read. */
function endedWithout([exitCode, signal]: unknown[]): ConversionAnswer {
  return signal === null
    ? { outcome: "crashed", cause: `exit code ${String(exitCode)}` }
    : { outcome: "out_of_memory" };
}

function unsafe({ name }: ConversionTask, why: string, cause?: unknown): JobFailure {
  return new JobFailure("document_unreadable", `${name} is not safe to open: ${why}.`, { cause });
}
