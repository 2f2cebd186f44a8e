/**
 * `node scripts/bootstrap.mjs <entry> [args…]` runs an entry on a Node that is new enough, after installing what is
 * missing. The entry is a file (`scripts/demo.ts`) or a program of an installed package (`vitest`).
 *
 * It is what npm scripts go through, so it must run on any Node from 18 on and before `npm ci`: plain JavaScript,
 * nothing but Node's own modules.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants as osConstants } from "node:os";
import { delimiter, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";

const projectDir = dirname(dirname(fileURLToPath(import.meta.url)));
const modulesDir = join(projectDir, "node_modules");
const binDir = join(modulesDir, ".bin");
/** Holds the hash of the package-lock.json that was installed; npm ci removes it before it starts. */
const stampFile = join(modulesDir, ".reelay-installed");
/** @type {{ engines: { node: string } }} */
const manifest = JSON.parse(readProjectFile("package.json"));
const nodeWanted = manifest.engines.node.replace(">=", "");

/** How often to look whether whoever called us is still there. */
const PARENT_CHECK_MS = 500;

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Exit */

const [target, ...targetArgs] = process.argv.slice(2);
if (target === undefined) stop("Name what to run: node scripts/bootstrap.mjs <file or program> [arguments]");
await installIfNeeded();
endLike(await run(target, targetArgs));

async function installIfNeeded() {
  const lockHash = createHash("sha256").update(readProjectFile("package-lock.json")).digest("hex");
  const isInstalled = () => existsSync(stampFile) && readFileSync(stampFile, "utf8") === lockHash;
  if (isInstalled()) return;
  const install = async () => {
    if (isInstalled()) return;
    say("Installing dependencies…");
    await npmCi();
    mkdirSync(modulesDir, { recursive: true });
    writeFileSync(stampFile, lockHash);
  };
  await withLock(join(projectDir, ".cache", "install.lock"), install, () =>
    say("Waiting for another process that installs dependencies…"),
  );
}

async function npmCi() {
  // No package here needs its install script; some of those scripts compile, slowly, what has a fallback.
  const flags = [
    "--include=dev",
    "--include=optional",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const env = { ...process.env };
  if (!isNewEnough(process.versions.node)) {
    const preload = JSON.stringify(join(projectDir, "scripts", "npm-as-node-24.cjs"));
    env["NODE_OPTIONS"] = `${env["NODE_OPTIONS"] ?? ""} --require ${preload}`;
  }
  const npmCli = process.env["npm_execpath"];
  const npm = npmCli?.endsWith("npm-cli.js") ? [process.execPath, npmCli] : ["npm"];
  // npm's report goes to stderr: stdout belongs to the entry.
  const child = spawn(npm[0] ?? "npm", [...npm.slice(1), "ci", ...flags], {
    cwd: projectDir,
    env,
    stdio: ["ignore", 2, 2],
  });
  const { code, signal } = await exitOf(child, "npm is needed to install the dependencies and was not found.");
  if (code !== 0)
    stop(`npm ci failed (${signal ?? `exit code ${code}`}); its reason is above. Mend it and run this again.`);
}

/**
 * @param {string} entry
 * @param {string[]} args
 */
async function run(entry, args) {
  const node = findNode();
  const env = { ...process.env, PATH: [binDir, dirname(node), process.env["PATH"]].join(delimiter) };
  const isFile = [".ts", ".mjs", ".js"].includes(extname(entry));
  const child = spawn(isFile ? node : join(binDir, entry), isFile ? [entry, ...args] : args, { env, stdio: "inherit" });
  forwardSignals(child);
  return exitOf(child, `${entry} could not be started with ${node}.`);
}

/** The running Node if it is new enough, else the one that an optional dependency brings. */
function findNode() {
  if (isNewEnough(process.versions.node) && existsSync(process.execPath)) return process.execPath;
  const packaged = join(modulesDir, `node-linux-${process.arch}`, "bin", "node");
  if (!existsSync(packaged)) {
    stop(
      `Node ${nodeWanted} or newer is needed; this is ${process.versions.node}, and npm has no package that brings ` +
        `it to ${process.platform} on ${process.arch}. Install it from https://nodejs.org and run this again.`,
    );
  }
  makeExecutable(packaged);
  return packaged;
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = nodeWanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** @param {string} file */
function makeExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
}

/**
 * A terminal sends Ctrl-C and its hang-up to the child as well. Passing them on would make two of one, and a second
 * Ctrl-C means 'now' to most programs.
 * @param {import("node:child_process").ChildProcess} child
 */
function forwardSignals(child) {
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  for (const signal of /** @type {const} */ (["SIGINT", "SIGHUP"])) {
    process.on(signal, () => onTerminal || child.kill(signal));
  }
  // npm passes a SIGTERM on to the shell between it and us, which dies of it and tells nobody.
  const { ppid } = process;
  const check = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(check);
    child.kill("SIGTERM");
  }, PARENT_CHECK_MS).unref();
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {string} whenMissing
 * @returns {Promise<Exit>}
 */
function exitOf(child, whenMissing) {
  return new Promise((resolve) => {
    child.once("error", (error) => stop(`${whenMissing} (${error.message})`));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** @param {Exit} exit */
function endLike({ code, signal }) {
  process.exit(code ?? 128 + (signal === null ? 0 : osConstants.signals[signal]));
}

/** @param {string} name */
function readProjectFile(name) {
  return readFileSync(join(projectDir, name), "utf8");
}

/** @param {string} message */
function say(message) {
  process.stderr.write(`${message}\n`);
}

/**
 * @param {string} message
 * @returns {never}
 */
function stop(message) {
  say(message);
  process.exit(1);
}
