/**
 * A lock between processes of one machine, as a file. Plain JavaScript for Node 18 on, because `bootstrap.mjs` needs it
 * before anything is installed.
 */
import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_INTERVAL_MS = 200;
const HEARTBEAT_INTERVAL_MS = 5_000;
/** A holder touches its lock every few seconds: one that was silent for this long is gone, whoever has its pid now. */
const STALE_AFTER_MS = 60_000;
/** Breaking a stale lock takes two system calls: a breaker that takes this long was killed between them. */
const BREAKING_LIMIT_MS = 10_000;

/**
 * Runs `action` while no other process holds the lock at `path`. Locks whose holder died are broken.
 * @template T
 * @param {string} path file that is the lock; its folder is made
 * @param {() => Promise<T>} action must not block the event loop for a minute: that would look like a dead holder
 * @param {() => void} [onWait] called once if another process has to be waited for
 * @returns {Promise<T>}
 */
export async function withLock(path, action, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; !acquire(path); attempt += 1) {
    if (attempt === 1) onWait?.();
    if (isStale(path)) breakLock(path);
    else await sleep(POLL_INTERVAL_MS);
  }
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), HEARTBEAT_INTERVAL_MS);
  heartbeat.unref();
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function acquire(path) {
  return !fails("EEXIST", () => writeFileSync(path, String(process.pid), { flag: "wx" }));
}

/** @param {string} path */
function isStale(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs > STALE_AFTER_MS) return true;
    const pid = Number(readFileSync(path, "utf8"));
    // Empty for an instant, between its making and its writing.
    return pid > 0 && fails("ESRCH", () => process.kill(pid, 0));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/**
 * Two who see the same stale lock must not both remove it: the second would remove the new lock of the first.
 * @param {string} path
 */
function breakLock(path) {
  const breaking = `${path}.breaking`;
  if (fails("EEXIST", () => mkdirSync(breaking))) {
    fails("ENOENT", () => {
      if (Date.now() - statSync(breaking).mtimeMs > BREAKING_LIMIT_MS) rmdirSync(breaking);
    });
    return;
  }
  try {
    if (isStale(path)) rmSync(path, { force: true });
  } finally {
    rmdirSync(breaking);
  }
}

/**
 * Whether the call throws the expected system error; any other error passes through.
 * @param {string} code
 * @param {() => void} call
 */
function fails(code, call) {
  try {
    call();
    return false;
  } catch (error) {
    if (codeOf(error) === code) return true;
    throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
