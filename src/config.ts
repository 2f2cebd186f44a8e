import { z } from "zod";
import { protocolRecoveryTimings } from "./domain/recovery.ts";

const duration = (defaultMs: number) => z.coerce.number().int().min(1).default(defaultMs);
const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  );
const durations = list.transform((items, context) =>
  items.map((item) => {
    const ms = Number(item);
    if (!Number.isSafeInteger(ms) || ms < 0)
      context.addIssue(`must be whole milliseconds, separated by commas, not "${item}"`);
    return ms;
  }),
);
const secret = z.string().min(1);

/** Everything that can be set, by environment variable. Times end in `_MS`. */
const environmentSchema = z.object({
  ROLE: z.enum(["api", "worker", "all"]).default("all"),
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),

  REDIS_URL: z.url({ protocol: /^(rediss?|unix)$/ }).default("redis://127.0.0.1:6379"),
  KEY_PREFIX: z
    .string()
    .regex(/^[\w-]+$/)
    .default("reelay"),
  DATA_DIR: z.string().min(1).default(".data"),

  API_KEY: secret.min(16),
  WEBHOOK_SECRET: secret.startsWith("whsec_"),
  /** Hosts and address ranges (CIDR) that webhooks and downloads may reach although they are private. */
  OUTBOUND_ALLOW: list,
  /** When to try a webhook again, each after the attempt before it; empty for the schedule of Standard Webhooks. */
  WEBHOOK_SCHEDULE_MS: durations,

  NEMO_API_URL: z.url({ protocol: /^https?$/ }).default("https://mega-api-prod.nemovideo.ai"),
  NEMO_WEB_URL: z.url({ protocol: /^https?$/ }).default("https://nemovideo.com"),
  NEMO_TOKEN: secret.optional(),
  NEMO_CLIENT_ID: z.uuid().optional(),
  SKILL_SOURCE: z.string().optional(),

  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(5_000).default(100),
  ADMISSION_WINDOW: z.coerce.number().int().min(1).max(100_000).default(500),
  QUEUE_LOCK_MS: duration(60_000),
  DRAIN_MS: duration(10_000),
  SWEEP_MS: duration(5_000),
  /** How long a step may take before its being unfinished counts as left by a crash. */
  SWEEP_GRACE_MS: duration(10_000),
  EXPORT_POLL_MS: duration(30_000),
  RENDER_DEADLINE_MS: duration(30 * 60_000),
  RECOVERY_FIRST_READ_MS: duration(protocolRecoveryTimings.firstReadMs),
  RECOVERY_READ_MS: duration(protocolRecoveryTimings.readEveryMs),
  RECOVERY_QUIET_MS: duration(protocolRecoveryTimings.quietMs),
  RETRY_MS: duration(30_000),
  RETENTION_DAYS: z.coerce.number().int().min(1).default(30),
});

export type Config = Readonly<z.output<typeof environmentSchema>>;

const secretNames: ReadonlySet<string> = new Set(["API_KEY", "WEBHOOK_SECRET", "NEMO_TOKEN", "REDIS_URL"]);

/** Reads the configuration. Throws an error that names every variable that is wrong, and never repeats a value. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The configuration is not valid:\n${lines.join("\n")}`);
}

/** The configuration for the log: secrets are only said to be set. */
export function summaryOf(config: Config): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      secretNames.has(name) && value !== undefined ? "(set)" : value,
    ]),
  );
}
