import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createDemoClient } from "./demo-client.ts";
import { readDemoInput } from "./demo-input.ts";
import { createDemoScreen } from "./demo-screen.ts";
import { startWebhookReceiver } from "./demo-receiver.ts";
import { startStack } from "./stack.ts";

/** `npm run demo`: from a script, a document, a page, pictures or clips to a finished MP4 and a verified webhook. */
const webhookLimitMs = 15_000;

const settings = {
  PORT: "0",
  LOG_LEVEL: "info",
  LOCAL_BACKEND_SPEED: "20",
  EXPORT_POLL_MS: "1000",
  OUTBOUND_ALLOW: "127.0.0.0/8",
};

async function main(): Promise<void> {
  const input = await readDemoInput(process.argv.slice(2));
  const screen = createDemoScreen(process.stdout);
  await mkdir(".data", { recursive: true });
  const dataDir = await mkdtemp(join(".data", "demo-"));
  let succeeded = false;
  const stack = await startStack({ dataDir, settings, log: screen.say });
  const receiver = await startWebhookReceiver(stack.webhookSecret);
  process.once("SIGINT", () => void stack.stop().then(() => process.exit(130)));
  try {
    screen.say(`Started: API ${stack.apiUrl}, backend ${stack.localBackendUrl ?? "from NEMO_API_URL"}, ${stack.redis}`);
    const client = createDemoClient(stack.apiUrl, stack.apiKey);
    const files: string[] = [];
    for (const path of input.files) files.push(await client.upload(path));
    if (files.length > 0) screen.say(`Uploaded ${files.length} ${files.length === 1 ? "file" : "files"}`);
    const job = await client.submit({
      type: "video",
      skill: input.skill,
      input: { ...(input.instruction !== null && { instruction: input.instruction }), files, urls: input.urls },
      output: { aspect_ratio: "9:16", resolution: "1080p" },
      webhook: { url: receiver.url },
      metadata: { demo: input.name },
    });
    screen.say(`Submitted ${job.id} with the skill ${job.skill}`);
    for (const { message } of job.hints) screen.say(`  hint: ${message}`);
    screen.say("");
    for await (const event of client.events(job.id)) screen.show(event);
    screen.done();

    const finished = await client.job(job.id);
    if (finished.result?.video == null) {
      throw new Error(
        `The job ${finished.status}: ${finished.error?.code} ${finished.error?.detail ?? ""} ${finished.error?.advice ?? ""}`,
      );
    }
    const { summary, video } = finished.result;
    const path = join("out", `${input.name}.mp4`);
    await mkdir("out", { recursive: true });
    await pipeline(Readable.fromWeb(await client.content(video.file_id)), createWriteStream(path));
    screen.say(`${summary}\n`);
    screen.say(`  ${relative(".", path)}`);
    screen.say(
      `  ${video.duration_s.toFixed(1)} s, ${video.width}×${video.height}, ${video.video_codec} + ${video.audio_codec}, ${megabytes((await stat(path)).size)}`,
    );
    const delivered = await receiver.delivery(webhookLimitMs);
    screen.say(`  webhook verified: ${delivered.type} ${delivered.id}`);
    succeeded = true;
  } finally {
    await receiver.close();
    await stack.stop();
    if (succeeded) await rm(dataDir, { recursive: true, force: true });
    else screen.say(`The logs and all data of this run are kept in ${dataDir}`);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
