import type { Redis } from "ioredis";

const OLDEST_VERSION = [6, 2] as const;

/**
 * Makes sure that a Redis can be trusted with jobs, before anything is accepted into it.
 * @returns the version, for people ("Redis 7.0.15"), and what an operator should know about the durability
 * @throws with the reason, and the command that mends it, if it is too old or may evict keys
 */
export async function checkRedis(redis: Redis): Promise<{ version: string; warnings: string[] }> {
  const info = parseInfo(await redis.info());
  const version = checkVersion(info);
  const [policy, appendOnly, appendFsync, save] = await Promise.all([
    readSetting(redis, "maxmemory-policy"),
    readSetting(redis, "appendonly"),
    readSetting(redis, "appendfsync"),
    readSetting(redis, "save"),
  ]);
  // Managed servers often forbid CONFIG; INFO tells two of the four.
  const policyWarnings = checkEviction(policy ?? info.get("maxmemory_policy"));
  const isAppendOnly = appendOnly === undefined ? toBoolean(info.get("aof_enabled")) : appendOnly === "yes";
  return { version, warnings: [...policyWarnings, ...durabilityWarnings({ isAppendOnly, appendFsync, save })] };
}

function checkVersion(info: ReadonlyMap<string, string>): string {
  const valkeyVersion = info.get("valkey_version");
  // Valkey names here the version of Redis that it is compatible with.
  const redisVersion = info.get("redis_version") ?? "";
  const [major = 0, minor = 0] = redisVersion.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_VERSION;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Error(
      `Redis ${redisVersion || "of an unknown version"} is too old: Reelay needs ${OLDEST_VERSION.join(".")} or newer. ` +
        "Upgrade it, or point REDIS_URL at a newer server.",
    );
  }
  return valkeyVersion === undefined ? `Redis ${redisVersion}` : `Valkey ${valkeyVersion}`;
}

function checkEviction(policy: string | undefined): string[] {
  if (policy === undefined)
    return ["It could not be checked that Redis evicts nothing: maxmemory-policy must be noeviction."];
  if (policy === "noeviction") return [];
  throw new Error(
    `Redis may evict keys (maxmemory-policy is ${policy}), and with them jobs that were accepted. ` +
      "Mend it with: redis-cli CONFIG SET maxmemory-policy noeviction (and the same in its configuration file).",
  );
}

function durabilityWarnings(settings: {
  isAppendOnly: boolean | undefined;
  appendFsync: string | undefined;
  save: string | undefined;
}): string[] {
  const mend = "Mend it with: redis-cli CONFIG SET appendonly yes, and CONFIG SET appendfsync always.";
  if (settings.isAppendOnly === undefined)
    return ["It could not be checked that Redis keeps its data on disk (appendonly)."];
  if (!settings.isAppendOnly) {
    if (settings.save === undefined) return [`Redis has no append-only file: a crash loses jobs. ${mend}`];
    if (settings.save === "") return [`Redis keeps nothing on disk: a restart loses every job. ${mend}`];
    return [`Redis only keeps snapshots (save ${settings.save}): a crash loses the jobs since the last one. ${mend}`];
  }
  if (settings.appendFsync === undefined)
    return ["It could not be checked how often Redis syncs to disk (appendfsync)."];
  if (settings.appendFsync === "always") return [];
  return [
    `Redis does not sync every write to disk (appendfsync ${settings.appendFsync}): a power loss can lose the last ` +
      "ones, and with them the marker that keeps a message from being paid twice. " +
      "Mend it with: redis-cli CONFIG SET appendfsync always.",
  ];
}

/** Returns undefined where CONFIG is forbidden or renamed. A lost connection passes through. */
async function readSetting(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const reply: unknown = await redis.config("GET", name);
    const value: unknown = Array.isArray(reply) ? reply[1] : undefined;
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === "ReplyError") return undefined;
    throw error;
  }
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split("\r\n").filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

function toBoolean(flag: string | undefined): boolean | undefined {
  return flag === undefined ? undefined : flag === "1";
}
