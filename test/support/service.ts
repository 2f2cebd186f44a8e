import { spawn } from "node:child_process";
import { once } from "node:events";
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
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and waits until it is gone. Resolves to the exit code. */
  stop(): Promise<number | null>;
};

/** Starts the service as its own process, and ends it with the test. */
export async function startService(settings: ServiceSettings): Promise<ServiceProcess> {
  const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "close");
  const lines: string[] = [];
  const ready = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => {
        lines.push(line);
        if (stringIn(line, "msg") === "ready") resolve(stringIn(line, "url") ?? "");
      });
    }
  });
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  onTestFinished(async () => await end("SIGKILL"));
  const url = await Promise.race([ready, exited.then(() => null)]);
  if (url === null) throw new Error(`The service ended before it was ready:\n${lines.join("\n")}`);
  return {
    url,
    logs: () => lines,
    kill: async () => await end("SIGKILL"),
    async stop() {
      await end("SIGTERM");
      return child.exitCode;
    },
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
