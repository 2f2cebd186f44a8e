import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ConversionAnswer, ConversionTask } from "./conversion.ts";

// The process of one conversion (run-conversion.ts starts it). A thread does the work, so that this one can always look at the memory,
// which includes what the heap limit of a thread does not (buffers, WebAssembly), and see that whoever asked is still there.

const memoryCheckMs = 50;
const MiB = 1024 * 1024;

process.once("message", (task: ConversionTask) => {
  const { limits } = task;
  const maxBytes = task.kind === "picture" ? limits.pictureMemoryBytes : limits.documentMemoryBytes;
  const thread = new Worker(join(import.meta.dirname, "conversion-thread.ts"), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(maxBytes / MiB) },
  });
  /** Whoever asked kills this process on its answer; ending by itself, it could be gone before the answer is read. */
  const end = (answer: ConversionAnswer): void => {
    process.send?.(answer);
    void thread.terminate();
  };
  thread.once("message", end);
  thread.once("error", (error: unknown) => {
    const isMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
    end(isMemory ? { outcome: "out_of_memory" } : { outcome: "crashed", cause: String(error) });
  });
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() <= maxBytes) return;
    clearInterval(watch);
    end({ outcome: "out_of_memory" });
  }, memoryCheckMs);
});

process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
// Sent to a whole group, they are for the service, which ends what it started.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
