import { parentPort, workerData } from "node:worker_threads";
import { JobFailure } from "../domain/failure.ts";
import type { ConversionAnswer, ConversionTask } from "./conversion.ts";
import { convertDocument } from "./document-text.ts";

// The thread in which hostile bytes are read; see conversion-process.ts, which started it.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is what that file passed
const result = await answer(workerData as ConversionTask);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
parentPort?.postMessage(result);

async function answer(task: ConversionTask): Promise<ConversionAnswer> {
  try {
    if (task.kind === "document") return { outcome: "text", ...(await convertDocument(task)) };
    const { convertPicture } = await import("./heic-picture.ts");
    return { outcome: "picture", ...(await convertPicture(task)) };
  } catch (error) {
    return failureOf(error, task.name);
  }
}

function failureOf(error: unknown, name: string): ConversionAnswer {
  if (error instanceof JobFailure) {
    const { code, detail = code, cause } = error;
    return { outcome: "failed", code, detail, cause: cause === undefined ? null : inLine(cause) };
  }
  if (error instanceof Error && "syscall" in error) return { outcome: "crashed", cause: inLine(error) };
  // Whatever else a library throws, it threw at these bytes.
  return { outcome: "failed", code: "document_unreadable", detail: `${name} is damaged.`, cause: inLine(error) };
}

/** For the log, without the stack: it leads into a library. */
function inLine(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
