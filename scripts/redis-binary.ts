import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fetchRedisFromDebian } from "./redis-from-debian.ts";

const OLDEST_MAJOR = 7;

/** A Redis server that can be started here; `libraryPath` goes into its LD_LIBRARY_PATH. */
export type RedisBinary = { command: string; libraryPath: string | null; version: string };

/**
 * Finds a Redis or Valkey server, 7 or newer: on the PATH, else a private copy of Debian's package below the project.
 * @throws saying what to install where neither can be had
 */
export async function findRedisBinary(log: (message: string) => void): Promise<RedisBinary> {
  for (const command of ["redis-server", "valkey-server"]) {
    const found = await probe(command, null);
    if (found) return found;
  }
  const mend =
    `Install Redis ${OLDEST_MAJOR} or newer (on Debian and Ubuntu: sudo apt-get install redis-server), ` +
    "or set REDIS_URL to a server that runs elsewhere (6.2 or newer).";
  const fetched = await fetchRedisFromDebian({ probe, log }).catch((error: unknown) => {
    const reason = String(error).trim().split("\n").at(-1);
    throw new Error(`There is no Redis here, and fetching one failed (${reason}). ${mend}`, { cause: error });
  });
  if (fetched) return fetched;
  throw new Error(`There is no Redis here, and no apt to fetch one with. ${mend}`);
}

/** The server behind the command if it runs and is new enough. */
async function probe(command: string, libraryPath: string | null): Promise<RedisBinary | null> {
  const env = libraryPath === null ? process.env : { ...process.env, LD_LIBRARY_PATH: libraryPath };
  try {
    const { stdout } = await promisify(execFile)(command, ["--version"], { env });
    // "Redis server v=7.0.15 sha=…", "Valkey server v=8.1.3 sha=…"
    const [, product, version] = /^(Redis|Valkey) server v=(\d+\.\d+\.\d+)/.exec(stdout) ?? [];
    if (version === undefined || Number.parseInt(version, 10) < OLDEST_MAJOR) return null;
    return { command, libraryPath, version: `${product} ${version}` };
  } catch {
    return null;
  }
}
