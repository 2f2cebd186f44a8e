import { clearLine, cursorTo } from "node:readline";
import type { WriteStream } from "node:tty";
import type { JobEvent } from "../src/domain/job-event.ts";

const barCells = 30;

/** Shows a job as it goes on: the backend's words as lines, and under them, on a terminal, a bar. */
export function createDemoScreen(out: WriteStream) {
  let bar = "";

  function clearBar(): void {
    if (!out.isTTY || bar === "") return;
    clearLine(out, 0);
    cursorTo(out, 0);
  }

  function say(line: string): void {
    clearBar();
    out.write(`${line}\n`);
    if (out.isTTY) out.write(bar);
  }

  function setBar(next: string): void {
    if (next === bar) return;
    if (!out.isTTY) {
      out.write(`${next}\n`);
    } else {
      clearBar();
      out.write(next);
    }
    bar = next;
  }

  function show(event: JobEvent): void {
    switch (event.type) {
      case "job.queued":
        return setBar(barOf(0, "queued"));
      case "job.waiting":
        return say(`  waiting: ${event.waiting.detail}`);
      case "job.stage":
        return say(`— ${event.stage}`);
      case "job.progress":
        return setBar(barOf(event.percent, event.stage));
      case "job.text":
        return say(`  ${event.text}`);
      case "job.succeeded":
        return setBar(barOf(100, "done"));
      case "job.failed":
        return say(`  failed: ${event.error.code}`);
      case "job.canceled":
        return say("  canceled");
    }
  }

  return {
    say,
    show,
    /** The bar stays as it is; what follows goes below it. */
    done(): void {
      if (out.isTTY) out.write("\n");
      out.write("\n");
      bar = "";
    },
  };
}

function barOf(percent: number, stage: string): string {
  const filled = Math.round((percent / 100) * barCells);
  return `${"█".repeat(filled)}${"░".repeat(barCells - filled)} ${String(percent).padStart(3)} % ${stage}`;
}
