/**
 * `node scripts/count-tests.mjs <folder> <failed steps>` sums up vitest's JSON reports and says `N passed, N failed`.
 * A step that failed without a failed test (lint, a file that does not load) counts as one failure: a red run never says
 * '0 failed'. Plain JavaScript, so that the line comes even where the installation failed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [dir = "", failedSteps = "0"] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const name of readdirSync(dir)) {
  /** @type {{ numPassedTests: number, numFailedTests: number }} */
  const report = JSON.parse(readFileSync(join(dir, name), "utf8"));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
}
console.log(`${passed} passed, ${Math.max(failed, Number(failedSteps))} failed`);
