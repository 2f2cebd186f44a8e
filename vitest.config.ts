import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Where `.ci/run` counts what passed and failed. */
const reportDir = process.env["TEST_REPORT_DIR"];

/** How long a test may hang before it counts as failed: far longer than any takes, as nothing here is timed. */
const testTimeoutsMs = { unit: 10_000, integration: 60_000, contract: 60_000, e2e: 180_000 };

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    globalSetup: "test/support/global-setup.ts",
    projects: Object.entries(testTimeoutsMs).map(([name, timeoutMs]) => ({
      extends: true as const,
      test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeoutMs, hookTimeout: timeoutMs },
    })),
    ...(reportDir !== undefined && {
      reporters: ["default", "json"],
      outputFile: { json: join(reportDir, `${process.pid}.json`) },
    }),
  },
});
