import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;
const KEPT_LINES = 40;

export type OwnedProcess = {
  /** Ends it, and waits for that. */
  stop(): Promise<void>;
  /** For tests that kill or freeze it. Does nothing once it has ended. */
  signal(which: NodeJS.Signals): void;
  /** Resolves when it has ended, asked or not. */
  exited: Promise<void>;
  /** The last lines that it printed. */
  output(): string;
};

/**
 * Starts a program of the project that ends when this process does, in whichever way, and waits until `ready` recognises one of
 * the lines that it prints.
 * @throws with its last lines when it ends before that, or takes too long
 */
export async function startOwnedProcess<Ready>(options: {
  name: string;
  script: string;
  env: Record<string, string>;
  /** What it prints is appended there. */
  logFile: string;
  ready: (line: string) => Ready | undefined;
}): Promise<{ process: OwnedProcess; ready: Ready }> {
  const { name, script, env, logFile, ready } = options;
  const watchdog = join(import.meta.dirname, "end-with-parent.sh");
  // A process group of its own, so that Ctrl-C reaches this process alone, which then ends the others in order.
  const child = spawn("sh", [watchdog, process.execPath, "--disable-warning=ExperimentalWarning", script], {
    env: { ...process.env, ...env },
    detached: true,
  });
  child.stdin.on("error", () => undefined);
  const exited = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  const lines: string[] = [];
  const log = createWriteStream(logFile, { flags: "a" });
  child.once("close", () => log.end());
  const recognised = new Promise<Ready>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.pipe(log, { end: false });
      createInterface(stream).on("line", (line) => {
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        const found = ready(line);
        if (found !== undefined) resolve(found);
      });
    }
  });
  const owned: OwnedProcess = {
    exited,
    output: () => lines.join("\n"),
    signal(which) {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, which);
    },
    async stop() {
      child.stdin.end();
      const ended = await Promise.race([exited.then(() => true), sleep(STOP_LIMIT_MS, false, { ref: false })]);
      if (ended || child.pid === undefined) return;
      process.kill(-child.pid, "SIGKILL");
      await exited;
    },
  };
  const failed = async (reason: string): Promise<never> => {
    await owned.stop();
    throw new Error(`The ${name} did not start: ${reason}.\n${owned.output()}`);
  };
  const first = await Promise.race([
    recognised.then((found) => ({ found })),
    exited.then(() => "it ended at once"),
    sleep(START_LIMIT_MS, `not ready after ${START_LIMIT_MS / 1000} s`, { ref: false }),
  ]);
  return typeof first === "string" ? await failed(first) : { process: owned, ready: first.found };
}

/** The string under `key`, when the line is a JSON object that has one. */
export function stringIn(line: string, key: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    const value: unknown = parsed !== null && typeof parsed === "object" ? Reflect.get(parsed, key) : undefined;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
