import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const scriptsDir = join(import.meta.dirname, "../../../scripts");
const manifest = { name: "empty", version: "1.0.0", engines: { node: ">=24.18" } };
let projectDir: string;

/** A project without dependencies, so that npm ci is quick and needs no network. */
beforeEach(async () => {
  projectDir = await mkdtemp(join(tmpdir(), "bootstrap-"));
  await mkdir(join(projectDir, "scripts"));
  for (const name of ["bootstrap.mjs", "lock.mjs", "npm-as-node-24.cjs"]) {
    await copyFile(join(scriptsDir, name), join(projectDir, "scripts", name));
  }
  await writeFile(join(projectDir, "package.json"), JSON.stringify(manifest));
  await writeLock("1.0.0");
});
afterEach(() => rm(projectDir, { recursive: true }));

describe("bootstrap", () => {
  test("installs, then runs the entry with its arguments and ends with its exit code", async () => {
    await writeEntry("console.log(process.argv.slice(2).join(' ')); process.exitCode = 7;");
    expect(await bootstrap("one", "two words")).toMatchObject({
      code: 7,
      stdout: "one two words\n",
      stderr: expect.stringContaining("Installing dependencies…"),
    });
  });

  test("installs once for the same lock, and again when it changed", async () => {
    await writeEntry("");
    await bootstrap();
    expect((await bootstrap()).stderr).toBe("");
    await writeLock("1.0.1");
    expect((await bootstrap()).stderr).toContain("Installing dependencies…");
  });

  test("installs once when two are started together, and runs both", async () => {
    await writeEntry("console.log('ran');");
    const both = await Promise.all([bootstrap(), bootstrap()]);
    expect(both.map(({ stdout }) => stdout)).toEqual(["ran\n", "ran\n"]);
    expect(both.filter(({ stderr }) => stderr.includes("Installing dependencies…"))).toHaveLength(1);
  });

  test("runs nothing when npm cannot install, and installs at the next try", async () => {
    await writeEntry("console.log('ran');");
    const lock = await readFile(join(projectDir, "package-lock.json"));
    await writeFile(join(projectDir, "package-lock.json"), "no JSON");
    expect(await bootstrap()).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("npm ci failed") });
    await writeFile(join(projectDir, "package-lock.json"), lock);
    expect(await bootstrap()).toMatchObject({ code: 0, stdout: "ran\n" });
  });

  test("ends the entry when the shell that called it has died", async () => {
    await writeEntry(`
      process.once("SIGTERM", () => { console.log("ended in order"); process.exit(); });
      setInterval(() => undefined, 1_000);
      console.log("ready");`);
    // The second command keeps the shell from giving its place to the first, as npm's shell does.
    const shell = spawn("sh", ["-c", `"${process.execPath}" scripts/bootstrap.mjs entry.ts; true`], {
      cwd: projectDir,
    });
    let stdout = "";
    shell.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (text.includes("ready")) shell.kill("SIGTERM");
    });
    await once(shell, "close");
    expect(stdout).toBe("ready\nended in order\n");
  });

  test("hands SIGTERM on to the entry, and waits for it to end in order", async () => {
    await writeEntry(`
      process.once("SIGTERM", () => { console.log("ended in order"); process.exit(3); });
      setInterval(() => {}, 1000);
      console.log("up");`);
    const child = start([]);
    await once(child.stdout, "data");
    const result = collect(child);
    child.kill("SIGTERM");
    expect(await result).toMatchObject({ code: 3, stdout: "ended in order\n" });
  });
});

function start(args: string[]) {
  const child = spawn(process.execPath, ["scripts/bootstrap.mjs", "entry.ts", ...args], { cwd: projectDir });
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  return child;
}

async function bootstrap(...args: string[]) {
  return collect(start(args));
}

async function collect(child: ReturnType<typeof start>) {
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text: string) => (stdout += text));
  child.stderr.on("data", (text: string) => (stderr += text));
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

function writeEntry(source: string) {
  return writeFile(join(projectDir, "entry.ts"), source);
}

function writeLock(version: string) {
  const { name } = manifest;
  const lock = { name, version, lockfileVersion: 3, requires: true, packages: { "": { ...manifest, version } } };
  return writeFile(join(projectDir, "package-lock.json"), JSON.stringify(lock));
}
