import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { withLock } from "./lock.mjs";
import type { RedisBinary } from "./redis-binary.ts";

const run = promisify(execFile);
const cacheDir = join(import.meta.dirname, "..", ".cache");
const redisDir = join(cacheDir, "redis", process.arch);

const UPDATE_LIMIT_MS = 120_000;
const DOWNLOAD_LIMIT_MS = 120_000;

type Deps = {
  probe(command: string, libraryPath: string | null): Promise<RedisBinary | null>;
  log(message: string): void;
};

/**
 * Makes a private copy of Debian's Redis (or Valkey) below the project's `.cache`, once, without root and without
 * touching the system: apt gets folders of its own, and the packages are unpacked instead of installed.
 * @returns null on a machine without apt
 * @throws with apt's own reason if it is there and could not provide one
 */
export async function fetchRedisFromDebian({ probe, log }: Deps): Promise<RedisBinary | null> {
  const existing = await probeCopy(redisDir, probe);
  if (existing) return existing;
  if (!(await hasApt())) return null;
  return withLock(`${redisDir}.lock`, async () => {
    const madeMeanwhile = await probeCopy(redisDir, probe);
    if (madeMeanwhile) return madeMeanwhile;
    log("Fetching a private copy of Redis from Debian's packages (about 10 MB)…");
    const workDir = await mkdtemp(`${redisDir}-partial-`);
    try {
      await downloadAndUnpack(workDir);
      if (!(await probeCopy(join(workDir, "root"), probe))) throw new Error("The unpacked Redis does not run here.");
      await rm(redisDir, { recursive: true, force: true });
      await rename(join(workDir, "root"), redisDir);
    } finally {
      await rm(workDir, { recursive: true, force: true });
    }
    return probeCopy(redisDir, probe);
  });
}

async function probeCopy(root: string, probe: Deps["probe"]): Promise<RedisBinary | null> {
  if (!existsSync(root)) return null;
  const multiarch = await readdir(join(root, "usr", "lib"));
  const libraryPath = [...multiarch.map((name) => join(root, "usr", "lib", name)), join(root, "usr", "lib")].join(":");
  const bin = join(root, "usr", "bin");
  return (
    (await probe(join(bin, "redis-server"), libraryPath)) ?? (await probe(join(bin, "valkey-server"), libraryPath))
  );
}

async function hasApt(): Promise<boolean> {
  try {
    await run("apt-get", ["--version"]);
    await run("dpkg", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

async function downloadAndUnpack(workDir: string): Promise<void> {
  const archives = await download(workDir);
  const root = join(workDir, "root");
  await mkdir(root);
  const packages = (await readdir(archives)).filter((name) => name.endsWith(".deb"));
  for (const name of packages) await run("dpkg", ["-x", join(archives, name), root]);
}

/** Downloads the server and those of its libraries that the system lacks; returns the folder of the packages. */
async function download(workDir: string): Promise<string> {
  const archives = join(workDir, "cache", "archives");
  await mkdir(join(workDir, "state", "lists", "partial"), { recursive: true });
  await mkdir(join(archives, "partial"), { recursive: true });
  const options = [
    `Dir::State=${workDir}/state`,
    `Dir::State::Lists=${workDir}/state/lists`,
    `Dir::Cache=${workDir}/cache`,
    // Locks and the user `_apt` are for folders that are the system's. The list of installed packages stays its own.
    "Debug::NoLocking=1",
    "APT::Sandbox::User=",
    "Acquire::Retries=2",
    "Acquire::http::Timeout=20",
  ].flatMap((option) => ["-o", option]);
  // A source that is out of reach may be one that is not needed: what counts is whether the package is found.
  await run("apt-get", ["-qq", ...options, "update"], { timeout: UPDATE_LIMIT_MS }).catch(() => undefined);
  const install = ["-qq", "--yes", "--no-install-recommends", "--download-only", "install"];
  const attempt = (name: string) => run("apt-get", [...options, ...install, name], { timeout: DOWNLOAD_LIMIT_MS });
  await attempt("redis-server").catch(() => attempt("valkey-server"));
  return archives;
}
