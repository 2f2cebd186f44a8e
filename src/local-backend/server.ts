import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { openAccounts } from "./accounts.ts";
import { createAgent } from "./agent/run.ts";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type { LocalBackendConfig } from "./config.ts";
import { readRecords, writeRecord } from "./disk.ts";
import { createFaults } from "./faults.ts";
import { openLedger } from "./ledger.ts";
import { openMediaStore } from "./media.ts";
import { findFfmpeg } from "./render/ffmpeg-path.ts";
import { openRenders } from "./renders.ts";
import { addAuthRoutes } from "./routes/auth.ts";
import { addCdnRoute } from "./routes/cdn.ts";
import { addControlRoutes } from "./routes/control.ts";
import { addGate } from "./routes/gate.ts";
import { addMessageRoute } from "./routes/messages.ts";
import { addRenderRoutes } from "./routes/renders.ts";
import { addSessionRoutes } from "./routes/sessions.ts";
import { addUploadRoute } from "./routes/uploads.ts";
import type { Services } from "./services.ts";
import { openSessions } from "./sessions.ts";
import { createSignedUrls } from "./signed-urls.ts";

/** A JSON body holds a script, or an export with a whole draft. */
const MAX_JSON_BYTES = 64_000_000;

export type LocalBackend = { url: string; close: () => Promise<void> };

/**
 * Starts the stand-in on its data folder, and goes on with what was under way there. `close` leaves runs and renders on
 * disk to be gone on with, ends ffmpeg and cuts open connections.
 */
export async function startLocalBackend(config: LocalBackendConfig, clock: Clock = systemClock): Promise<LocalBackend> {
  const services = await openServices(config, clock);
  const app = Fastify({ bodyLimit: MAX_JSON_BYTES, forceCloseConnections: true, logger: false });
  await addRoutes(app, services);
  const url = await app.listen({ host: config.host, port: config.port });
  // Only now: a second process on the same port fails before it touches what the first one is working on.
  services.agent.resumeAll();
  services.renders.resumeAll();
  return {
    url,
    close: async () => {
      await Promise.all([services.agent.stop(), services.renders.stop()]);
      await app.close();
    },
  };
}

async function openServices(config: LocalBackendConfig, clock: Clock): Promise<Services> {
  const { dataDir } = config;
  const settings = { ...config.settings };
  const { secret, seed: ownSeed } = keepsakes(join(dataDir, "keepsakes"));
  const seed = config.seed ?? ownSeed;
  const ffmpegPath = await findFfmpeg(config.ffmpegPath === null ? {} : { FFMPEG_PATH: config.ffmpegPath });
  const ledger = await openLedger(join(dataDir, "ledger.jsonl"), clock);
  const sessions = openSessions(join(dataDir, "sessions"), seed, clock);
  const media = openMediaStore(join(dataDir, "media"), config.uploadLimitBytes, ffmpegPath);
  return {
    settings,
    seed,
    clock,
    ledger,
    sessions,
    media,
    faults: createFaults(),
    accounts: openAccounts(join(dataDir, "accounts"), config, clock),
    agent: createAgent({ seed, settings, sessions, ledger, clock }),
    renders: openRenders({ dir: join(dataDir, "renders"), mediaDir: media.dir, ffmpegPath, ledger, clock }),
    urls: createSignedUrls(secret, clock),
  };
}

async function addRoutes(app: FastifyInstance, services: Services): Promise<void> {
  addGate(app, services);
  addAuthRoutes(app, services);
  addSessionRoutes(app, services);
  addMessageRoute(app, services);
  addRenderRoutes(app, services);
  addCdnRoute(app, services);
  await addUploadRoute(app, services);
  await app.register(async (control) => addControlRoutes(control, services), { prefix: "/__local" });
}

const keepsakesSchema = z.object({ secret: z.string(), seed: z.string() });

/** Made once per data folder: what signs addresses, and the seed where none is configured. */
function keepsakes(dir: string): z.infer<typeof keepsakesSchema> {
  mkdirSync(dir, { recursive: true });
  const [kept] = readRecords(dir, keepsakesSchema);
  if (kept !== undefined) return kept;
  const made = { secret: randomBytes(32).toString("hex"), seed: randomBytes(8).toString("hex") };
  writeRecord(join(dir, "keepsakes.json"), made);
  return made;
}
