import { describe, expect, it } from "vitest";
import { readConfig, summaryOf } from "../../src/config.ts";

const required = { API_KEY: "an-api-key-of-20-chars", WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };

function refusal(environment: Record<string, string>): string {
  try {
    readConfig({ ...required, ...environment });
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error("the configuration was accepted");
}

/** The variables that a refusal names. */
const namedIn = (message: string) =>
  message
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(":")[0]);

it("needs only an API key and a signing secret, and takes the protocol's values for the rest", () => {
  expect(readConfig(required)).toMatchObject({
    ROLE: "all",
    HOST: "127.0.0.1",
    NEMO_API_URL: "https://mega-api-prod.nemovideo.ai",
    NEMO_WEB_URL: "https://nemovideo.com",
    EXPORT_POLL_MS: 30_000,
    RECOVERY_FIRST_READ_MS: 30_000,
    RECOVERY_READ_MS: 60_000,
    RECOVERY_RUN_MS: 300_000,
    RECOVERY_QUIET_MS: 900_000,
  });
  expect(readConfig(required)).not.toHaveProperty("NEMO_TOKEN");
});

it("says which variables must be set", () => {
  expect(() => readConfig({})).toThrow(
    "The configuration is not valid:\n  API_KEY: must be set\n  WEBHOOK_SECRET: must be set",
  );
});

it("counts empty and blank variables as not set", () => {
  const config = readConfig({ ...required, NEMO_TOKEN: "", NEMO_CLIENT_ID: "", PORT: " ", REDIS_URL: "", HOST: "" });
  expect(config).toEqual(readConfig(required));
  expect(namedIn(refusal({ API_KEY: "", WEBHOOK_SECRET: "  " }))).toEqual(["API_KEY", "WEBHOOK_SECRET"]);
});

const wrong = {
  ROLE: "both",
  PORT: "65536",
  LOG_LEVEL: "verbose",
  REDIS_URL: "http://user:pa55word@host",
  KEY_PREFIX: "{reelay}",
  API_KEY: "pa55word",
  WEBHOOK_SECRET: "pa55word",
  WEBHOOK_SCHEDULE_MS: "0,pa55word",
  NEMO_API_URL: "pa55word",
  NEMO_WEB_URL: "ftp://pa55word",
  NEMO_CLIENT_ID: "pa55word",
  WORKER_CONCURRENCY: "0",
  ADMISSION_WINDOW: "1.5",
  QUEUE_LOCK_MS: "a minute",
  DRAIN_MS: "0",
  SWEEP_MS: "-1",
  EXPORT_POLL_MS: "30s",
  RETENTION_DAYS: "0",
};

describe("a wrong value", () => {
  it.each(Object.entries(wrong))("of %s is named", (name, value) => {
    expect(namedIn(refusal({ [name]: value }))).toEqual([name]);
  });

  it("does not hide another one", () => {
    expect(new Set(namedIn(refusal(wrong)))).toEqual(new Set(Object.keys(wrong)));
  });

  it("is never repeated, since it may be a secret in the wrong place", () => {
    expect(refusal(wrong)).not.toContain("pa55word");
  });

  it.each(["whsec_", "whsec_short", `whsec_${"A".repeat(100)}`, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!!"])(
    "of a signing secret is found before anything starts: %s",
    (secret) => {
      expect(refusal({ WEBHOOK_SECRET: secret })).toBe(
        'The configuration is not valid:\n  WEBHOOK_SECRET: must be "whsec_" and the base64 of 24 to 64 random bytes',
      );
    },
  );

  it.each(["SWEEP_MS", "DRAIN_MS", "RETRY_MS", "QUEUE_LOCK_MS", "RECOVERY_QUIET_MS", "WEBHOOK_SCHEDULE_MS"])(
    "of %s is one for which a timer would fire at once",
    (name) => {
      expect(namedIn(refusal({ [name]: String(2 ** 31) }))).toEqual([name]);
    },
  );
});

it("reads lists, with spaces and empty places", () => {
  const { OUTBOUND_ALLOW, WEBHOOK_SCHEDULE_MS } = readConfig({
    ...required,
    OUTBOUND_ALLOW: " 10.0.0.0/8 , ,hooks.internal,",
    WEBHOOK_SCHEDULE_MS: "0, 5000,300000",
  });
  expect(OUTBOUND_ALLOW).toEqual(["10.0.0.0/8", "hooks.internal"]);
  expect(WEBHOOK_SCHEDULE_MS).toEqual([0, 5_000, 300_000]);
});

it.each(["redis://:pa55word@host:6380/1", "rediss://host", "unix:///run/redis.sock"])("takes Redis at %s", (url) => {
  expect(readConfig({ ...required, REDIS_URL: url }).REDIS_URL).toBe(url);
});

it("cannot be changed once it is read", () => {
  expect(Object.isFrozen(readConfig(required))).toBe(true);
});

describe("the summary for the log", () => {
  const secrets = {
    API_KEY: "pa55word-of-the-api",
    WEBHOOK_SECRET: "whsec_pa55wordpa55wordpa55wordpa55word",
    NEMO_TOKEN: "nmv_usr_pa55word",
    NEMO_CLIENT_ID: "6f1c7c0e-3d3b-4b7e-9a43-0d2f5b1c9e77",
    REDIS_URL: "redis://:pa55word@127.0.0.1:6379",
  };

  it("says of secrets only that they are set", () => {
    const summary = summaryOf(readConfig({ ...required, ...secrets }));
    for (const name of Object.keys(secrets)) expect(summary[name]).toBe("(set)");
    expect(JSON.stringify(summary)).not.toMatch(/pa55word|6f1c7c0e/);
  });

  it("says nothing of secrets that are not set, and shows the rest", () => {
    const summary = summaryOf(readConfig({ ...required, PORT: "81" }));
    expect(summary).not.toHaveProperty("NEMO_TOKEN");
    expect(summary).toMatchObject({ PORT: 81, ROLE: "all", NEMO_WEB_URL: "https://nemovideo.com" });
  });

  it("holds nothing of the rest of the environment", () => {
    expect(JSON.stringify(summaryOf(readConfig({ ...required, AWS_SECRET: "pa55word" })))).not.toContain("pa55word");
  });
});
