import { once } from "node:events";
import { startStack } from "./stack.ts";

/** `npm start`: everything on this machine, left running until Ctrl-C. */
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const settings = {
  PORT: process.env["PORT"] || "8080",
  LOCAL_BACKEND_PORT: process.env["LOCAL_BACKEND_PORT"] || "8090",
  LOCAL_BACKEND_SPEED: process.env["LOCAL_BACKEND_SPEED"] || "20",
  EXPORT_POLL_MS: process.env["EXPORT_POLL_MS"] || "2000",
  OUTBOUND_ALLOW: process.env["OUTBOUND_ALLOW"] || "127.0.0.0/8,localhost",
};
const stack = await startStack({ dataDir: ".data/start", settings, log: say });
say(`
  API            ${stack.apiUrl}/v1/jobs
  API reference  ${stack.apiUrl}/docs
  Backend        ${stack.localBackendUrl ?? process.env["NEMO_API_URL"]}${stack.localBackendUrl === null ? "" : " (the local one)"}
  Redis          ${stack.redis}
  API key        ${stack.apiKey}
  Webhook secret ${stack.webhookSecret}

  Try:
    curl -s ${stack.apiUrl}/v1/jobs -H "Authorization: Bearer ${stack.apiKey}" \\
      -H "Content-Type: application/json" -d '{"type":"video","input":{"text":"Rivers shape the land. They carry stories to the sea."}}'

  Ctrl-C ends it; the jobs stay, and go on at the next start.`);

const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]).then(() => null);
const lastWords = await Promise.race([interrupted, stack.broken]);
if (lastWords === null) {
  say("\nEnding; what is under way is handed over within seconds. Ctrl-C again ends it at once, and loses nothing.");
} else {
  say(`\nA part of it has ended by itself:\n${lastWords}`);
  process.exitCode = 1;
}
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stack.kill);
await stack.stop();
