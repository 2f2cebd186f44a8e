import closeWithGrace from "close-with-grace";
import { readConfig } from "./config.ts";
import { startLocalBackend } from "./server.ts";

/** How long running ffmpeg processes and open connections get to end before the process does. */
const CLOSE_WITHIN_MS = 5_000;

try {
  const backend = await startLocalBackend(readConfig());
  closeWithGrace({ delay: CLOSE_WITHIN_MS }, () => backend.close());
  process.stdout.write(`${JSON.stringify({ url: backend.url })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
