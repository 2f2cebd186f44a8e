/** Runs every check that needs no running service, all of them even if one fails. */
import { spawnSync } from "node:child_process";

const checks: [name: string, command: string, ...args: string[]][] = [
  ["Format", "oxfmt", "--check"],
  ["Lint", "oxlint"],
  ["Types", "tsc", "--noEmit"],
  ["Unused code", "knip"],
  ["OpenAPI document is current", process.execPath, "scripts/openapi.ts", "--check"],
  ["OpenAPI document is sound", "redocly", "lint", "openapi/openapi.json"],
  ["Lock is complete", process.execPath, "scripts/complete-lock.ts", "--check"],
  ["Unit tests", "vitest", "run", "--project", "unit"],
];

// What Redocly would otherwise send or look up has nothing to do with the check.
const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };

const failed = checks.filter(([name, command, ...args]) => {
  console.log(`\n── ${name}`);
  const { status, error } = spawnSync(command, args, { stdio: "inherit", env });
  if (error) console.error(error.message);
  return status !== 0;
});

if (failed.length === 0) console.log("\nAll checks passed.");
else {
  console.error(`\nFailed: ${failed.map(([name]) => name).join(", ")}`);
  process.exitCode = 1;
}
