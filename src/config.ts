import { z } from "zod";
import { protocolRecoveryTimings } from "./domain/recovery.ts";

/** A week. Far below 2^31 ms, from where on a timer of Node's fires at once. */
const maxDurationMs = 7 * 24 * 3_600_000;

const duration = (defaultMs: number) => z.coerce.number().int().min(1).max(maxDurationMs).default(defaultMs);
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
  items.map((item, at) => {
    const ms = Number(item);
    if (!Number.isInteger(ms) || ms < 0 || ms > maxDurationMs)
      context.addIssue(
        `must be whole milliseconds up to ${maxDurationMs}, separated by commas; number ${at + 1} is not`,
      );
    return ms;
  }),
);
const secret = z.string({ error: ({ input }) => (input === undefined ? "must be set" : undefined) });

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
  /** Opens the operators' calls, such as the pause of all sends; without it there are none. */
  OPERATOR_KEY: secret.min(16).optional(),
  WEBHOOK_SECRET: secret.regex(
    /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/,
    'must be "whsec_" and the base64 of 24 to 64 random bytes',
  ),
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
  /** How many of these may be one tenant's. */
  TENANT_CAP: z.coerce.number().int().min(1).max(100_000).default(250),
  QUEUE_LOCK_MS: duration(60_000),
  DRAIN_MS: duration(10_000),
  SWEEP_MS: duration(5_000),
  /** How long a step may take before its being unfinished counts as left by a crash. */
  SWEEP_GRACE_MS: duration(10_000),
  EXPORT_POLL_MS: duration(30_000),
  RENDER_DEADLINE_MS: duration(30 * 60_000),
  UPLOAD_LIMIT_MS: duration(60 * 60_000),
  GENERATE_LIMIT_MS: duration(2 * 60 * 60_000),
  EXPORT_LIMIT_MS: duration(3 * 60 * 60_000),
  RECOVERY_FIRST_READ_MS: duration(protocolRecoveryTimings.firstReadMs),
  RECOVERY_READ_MS: duration(protocolRecoveryTimings.readEveryMs),
  RECOVERY_RUN_MS: duration(protocolRecoveryTimings.runMs),
  RECOVERY_QUIET_MS: duration(protocolRecoveryTimings.quietMs),
  RETRY_MS: duration(30_000),
  /** How long after a tool event of a stream the timeline is looked at for a first cut, and between two such looks. */
  NEWS_EVERY_MS: duration(3_000),
  /** How often a backend that is down is probed, and the balance of an account without credits is looked at. */
  PROBE_MS: duration(30_000),
  CREDITS_POLL_MS: duration(60_000),
  RETENTION_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
});

export type Config = Readonly<z.output<typeof environmentSchema>>;

/** A client id is all that it takes to be given a token, and a Redis URL may hold a password. */
const secretNames: ReadonlySet<string> = new Set([
  "OPERATOR_KEY",
  "API_KEY",
  "WEBHOOK_SECRET",
  "NEMO_TOKEN",
  "NEMO_CLIENT_ID",
  "REDIS_URL",
]);

/**
 * Reads the configuration; an empty variable counts as not set. Throws an error that names every variable that is wrong, and
 * never repeats a value.
 */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim() !== ""));
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
