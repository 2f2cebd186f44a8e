import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withLock } from "../../../scripts/lock.mjs";

let dir: string;
let lock: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "lock-"));
  lock = join(dir, "work.lock");
});
afterEach(() => rm(dir, { recursive: true }));

describe("withLock", () => {
  test("lets one in at a time, and everyone in the end", async () => {
    expect(await runFour()).toEqual({ done: 4, mostAtOnce: 1 });
    expect(existsSync(lock)).toBe(false);
  });

  test("takes over the lock of a process that died, without letting two in", async () => {
    await writeFile(lock, String(pidOfTheDead()));
    expect(await runFour()).toEqual({ done: 4, mostAtOnce: 1 });
  });

  test("takes over a lock that nobody touched for minutes, whoever has its pid now", async () => {
    await writeFile(lock, String(process.pid));
    const minutesAgo = new Date(Date.now() - 120_000);
    await utimes(lock, minutesAgo, minutesAgo);
    expect(await withLock(lock, async () => "in")).toBe("in");
  });

  test("opens again after an action that failed, and passes its error on", async () => {
    const failing = withLock(lock, async () => {
      throw new Error("no luck");
    });
    await expect(failing).rejects.toThrow("no luck");
    expect(await withLock(lock, async () => "in")).toBe("in");
  });
});

async function runFour() {
  let inside = 0;
  let mostAtOnce = 0;
  let done = 0;
  const action = async () => {
    mostAtOnce = Math.max(mostAtOnce, ++inside);
    await nextTurn();
    inside -= 1;
    done += 1;
  };
  await Promise.all([1, 2, 3, 4].map(() => withLock(lock, action)));
  return { done, mostAtOnce };
}

function pidOfTheDead(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}
