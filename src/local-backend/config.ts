import { resolve } from "node:path";
import { z } from "zod";
import type { Dialect } from "./draft.ts";

/** What decides how this stand-in behaves. `settings` are the ones that can be changed while it runs. */
export type LocalBackendConfig = {
  host: string;
  /** 0 takes any free port. */
  port: number;
  dataDir: string;
  /** Bearer token of the one registered account, which has plenty of credits; null for none. */
  token: string | null;
  /** Makes session ids, and with them what the agent decides, repeatable; null takes one at random and keeps it. */
  seed: string | null;
  anonymousCredits: number;
  tokensPerIp: number;
  uploadLimitBytes: number;
  /** Null: the one on the path, or the npm package's. */
  ffmpegPath: string | null;
  settings: Settings;
};

export type Settings = {
  /** The agent's waits are divided by this. Rendering takes the time that it takes. */
  speed: number;
  /** Decides all that the protocol describes in two ways, together. */
  dialect: Dialect;
  /** `anonymous`: accounts without registration are refused export. */
  plan: "registered" | "anonymous";
  /** The share of edits whose stream closes without a text, 0 to 1. */
  silentShare: number;
  /** The share of generations and edits whose reply asks for clips to be dragged and dropped, 0 to 1; null leaves it to the reply. */
  dragShare: number | null;
};

/** Slower than this, a wait would be longer than a timer can be. */
export const speedSchema = z.coerce.number().min(0.01).max(1_000_000);

const environmentSchema = z
  .object({
    LOCAL_BACKEND_HOST: z.string().min(1).default("127.0.0.1"),
    LOCAL_BACKEND_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
    LOCAL_BACKEND_DATA: z.string().min(1).default(".data/local-backend"),
    LOCAL_BACKEND_TOKEN: z.string().min(8).optional(),
    LOCAL_BACKEND_SEED: z.string().min(1).optional(),
    LOCAL_BACKEND_SPEED: speedSchema.default(1),
    LOCAL_BACKEND_DIALECT: z.enum(["first", "last"]).default("first"),
    LOCAL_BACKEND_PLAN: z.enum(["registered", "anonymous"]).default("registered"),
    LOCAL_BACKEND_SILENT_SHARE: z.coerce.number().min(0).max(1).default(0.3),
    LOCAL_BACKEND_DRAG_SHARE: z.coerce.number().min(0).max(1).optional(),
    LOCAL_BACKEND_ANONYMOUS_CREDITS: z.coerce.number().int().min(0).default(100),
    LOCAL_BACKEND_TOKENS_PER_IP: z.coerce.number().int().min(1).default(10),
    FFMPEG_PATH: z.string().optional(),
    LOCAL_BACKEND_UPLOAD_LIMIT_MB: z.coerce.number().positive().default(500),
  })
  .transform((env): LocalBackendConfig => ({
    host: env.LOCAL_BACKEND_HOST,
    port: env.LOCAL_BACKEND_PORT,
    dataDir: resolve(env.LOCAL_BACKEND_DATA),
    token: env.LOCAL_BACKEND_TOKEN ?? null,
    seed: env.LOCAL_BACKEND_SEED ?? null,
    anonymousCredits: env.LOCAL_BACKEND_ANONYMOUS_CREDITS,
    tokensPerIp: env.LOCAL_BACKEND_TOKENS_PER_IP,
    uploadLimitBytes: Math.round(env.LOCAL_BACKEND_UPLOAD_LIMIT_MB * 1_000_000),
    ffmpegPath: env.FFMPEG_PATH ?? null,
    settings: {
      speed: env.LOCAL_BACKEND_SPEED,
      dialect: env.LOCAL_BACKEND_DIALECT,
      plan: env.LOCAL_BACKEND_PLAN,
      silentShare: env.LOCAL_BACKEND_SILENT_SHARE,
      dragShare: env.LOCAL_BACKEND_DRAG_SHARE ?? null,
    },
  }));

/** Reads the `LOCAL_BACKEND_*` variables and `FFMPEG_PATH`; an empty one counts as absent. Throws an Error that names each wrong one. */
export function readConfig(environment: Record<string, string | undefined> = process.env): LocalBackendConfig {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(`The local backend's settings are not valid:\n${z.prettifyError(parsed.error)}`);
}
