/**
 * Runs once around the whole suite: gives it one Redis and one folder for temporary files, and fails it when a test has
 * left a process or a file behind.
 */
import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { provideTestRedis } from "./redis-server.ts";

/** Processes that were told to end may still be at it when the last test is over. */
const ENDING_LIMIT_MS = 5_000;
/** Inherited by every process that a test starts, detached ones included. */
const RUN_MARKER = "REELAY_TEST_RUN";

declare module "vitest" {
  interface ProvidedContext {
    redisUrl: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runDir = await realpath(await mkdtemp(join(tmpdir(), "reelay-tests-")));
  const filesDir = await mkdtemp(join(runDir, "files-"));
  process.env[RUN_MARKER] = runDir;
  process.env["TMPDIR"] = filesDir;
  const needsRedis = project.vitest.projects.some(({ name }) => name !== "unit");
  const redis = needsRedis ? await provideTestRedis(join(runDir, "redis")) : null;
  if (redis) project.provide("redisUrl", redis.url);

  return async () => {
    await redis?.close();
    const leftovers = [...(await findFiles(filesDir)), ...(await waitForProcesses(runDir))];
    await rm(runDir, { recursive: true, force: true });
    if (leftovers.length > 0) throw new Error(`Tests left behind:\n${leftovers.join("\n")}`);
  };
}

async function findFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir);
  // Node's own.
  return names.filter((name) => name !== "node-compile-cache").map((name) => join(dir, name));
}

async function waitForProcesses(runDir: string): Promise<string[]> {
  const deadline = Date.now() + ENDING_LIMIT_MS;
  for (;;) {
    const processes = await findProcesses(runDir);
    if (processes.length === 0 || Date.now() > deadline) return processes;
    await sleep(50);
  }
}

/** The processes that carry the marker of this run, without those of vitest, which end after this. */
async function findProcesses(runDir: string): Promise<string[]> {
  if (process.platform !== "linux") return [];
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readProc(pid, "environ");
      if (!environment.includes(`${RUN_MARKER}=${runDir}`)) return [];
      const command = (await readProc(pid, "cmdline")).join(" ").trim();
      const isOurs = command === "" || command === "vitest-watchdog" || command.includes("/vitest/dist/");
      return isOurs ? [] : [`process ${pid}: ${command}`];
    }),
  );
  return found.flat();
}

/** A process may end, or belong to someone else, while it is being looked at. */
async function readProc(pid: string, file: string): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  return text.split("\0");
}
