/**
 * Adds to package-lock.json the optional packages that npm left out of it: those made for other platforms, whenever npm
 * could not look them up. Newer versions of `npm ci` refuse a lock without them. An added entry has no integrity hash.
 * `--check` only says what is missing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

const Dictionary = z.record(z.string(), z.unknown());
const LockedPackage = z.object({
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

const lockFile = new URL("../package-lock.json", import.meta.url);
const lock = Dictionary.parse(JSON.parse(readFileSync(lockFile, "utf8")));
const packages = Dictionary.parse(lock["packages"]);
const missing = findMissing();
const names = [...missing.keys()].map((path) => path.replace(/^.*node_modules\//, "")).join(", ");

if (missing.size === 0) console.log("package-lock.json is complete.");
else if (process.argv.includes("--check")) {
  console.error(`package-lock.json lacks ${names}. Run: npm run complete-lock`);
  process.exitCode = 1;
} else {
  const sorted = [...Object.entries(packages), ...missing].toSorted(([a], [b]) => a.localeCompare(b, "en"));
  writeFileSync(lockFile, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  console.log(`Added ${names}.`);
}

function findMissing(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [path, entry] of Object.entries(packages)) {
    const owner = LockedPackage.parse(entry);
    const besideOwner = path.slice(0, Math.max(path.lastIndexOf("node_modules/"), 0));
    for (const [name, range] of Object.entries(owner.optionalDependencies ?? {})) {
      if (isLocked(path, name)) continue;
      const dev = owner.dev === true ? { dev: true } : {};
      const added = { version: exact(name, range), ...dev, optional: true, ...platformOf(name) };
      found.set(`${besideOwner}node_modules/${name}`, added);
    }
  }
  return found;
}

/** Looks where Node would: below the owner, then beside each package that it lies in. */
function isLocked(ownerPath: string, name: string): boolean {
  if (`${ownerPath}${ownerPath === "" ? "" : "/"}node_modules/${name}` in packages) return true;
  if (ownerPath === "") return false;
  return isLocked(ownerPath.slice(0, Math.max(ownerPath.lastIndexOf("/node_modules/"), 0)), name);
}

function exact(name: string, range: string): string {
  if (/^\d+\.\d+\.\d+\S*$/.test(range)) return range;
  throw new Error(`${name} is wanted as ${range}, and only npm can choose a version: run npm install`);
}

/** A package for one platform says which one in its name, as in `binding-linux-x64-musl`. */
function platformOf(name: string) {
  const [, os, cpu, libc] =
    /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-(gnu|musl))?/.exec(name) ?? [];
  if (os === undefined) throw new Error(`${name} names no platform that this script knows: run npm install`);
  return { os: [os], cpu: [cpu], ...(os === "linux" && libc && { libc: [libc === "gnu" ? "glibc" : libc] }) };
}
