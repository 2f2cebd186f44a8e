import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { createDemoClient } from "../../scripts/demo-client.ts";
import { stringIn } from "../../scripts/owned-process.ts";
import type { JobEvent } from "../../src/domain/job-event.ts";
import type { JobView } from "../../src/domain/job-view.ts";
import { apiKey, quickSettings, webhookSecret } from "./quick-settings.ts";
import { redisUrl, testPrefix } from "./redis.ts";
import { tempFolder } from "./temp-folder.ts";

export type ServiceSettings = Record<string, string>;

/** What several processes of one service have in common: Redis keys, files and the backend. */
export async function serviceSettings(backend: { url: string; token: string }): Promise<ServiceSettings> {
  return {
    ...quickSettings,
    PORT: "0",
    LOG_LEVEL: "info",
    REDIS_URL: redisUrl(),
    KEY_PREFIX: testPrefix(),
    DATA_DIR: await tempFolder(),
    API_KEY: apiKey,
    WEBHOOK_SECRET: webhookSecret,
    NEMO_API_URL: backend.url,
    NEMO_TOKEN: backend.token,
  };
}

export type ServiceProcess = {
  url: string;
  logs: () => string[];
  /** Waits for a line of the log that says this. */
  logged(message: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Resolves to the exit code when it has ended, asked or not; null when a signal ended it. */
  exited: Promise<number | null>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and waits until it is gone. Resolves to the exit code. */
  stop(): Promise<number | null>;
};

/** Starts the service as its own process, waits until it is ready, and ends it with the test. */
export async function startService(settings: ServiceSettings): Promise<ServiceProcess> {
  const { ready, ...service } = launchService(settings);
  return { ...service, url: await ready };
}

/** The same, without waiting: `ready` resolves to its address. */
export function launchService(settings: ServiceSettings): Omit<ServiceProcess, "url"> & { ready: Promise<string> } {
  const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "close").then(() => child.exitCode);
  const lines: string[] = [];
  const output = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      output.emit("line", line);
    });
  }
  const lineSaying = async (message: string): Promise<string> => {
    const isIt = (line: string): boolean => stringIn(line, "msg") === message;
    const ended = exited.then(() => {
      throw new Error(`The service ended before it said "${message}":\n${lines.join("\n")}`);
    });
    return await Promise.race([
      ended,
      new Promise<string>((resolve) => {
        const said = lines.find(isIt);
        if (said !== undefined) resolve(said);
        output.on("line", (line: string) => isIt(line) && resolve(line));
      }),
    ]);
  };
  const signal = (name: NodeJS.Signals): void => {
    if (child.exitCode === null && child.signalCode === null) child.kill(name);
  };
  const end = async (name: NodeJS.Signals): Promise<number | null> => {
    signal(name);
    return await exited;
  };
  onTestFinished(async () => void (await end("SIGKILL")));
  return {
    ready: lineSaying("ready").then((line) => stringIn(line, "url") ?? ""),
    logs: () => lines,
    logged: async (message) => void (await lineSaying(message)),
    signal,
    exited,
    kill: async () => void (await end("SIGKILL")),
    stop: async () => await end("SIGTERM"),
  };
}

export function clientOfService({ url }: { url: string }) {
  const client = createDemoClient(url, apiKey);
  return {
    ...client,
    /** Waits for the end of a job, watching its events. */
    async finished(id: string): Promise<{ job: JobView; events: JobEvent[] }> {
      const events: JobEvent[] = [];
      for await (const event of client.events(id)) events.push(event);
      const job = await client.job(id);
      if (job.finished_at === null) throw new Error(`The events of ${id} ended while it was ${job.status}`);
      return { job, events };
    },
  };
}
