import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { coverageGaps } from "../support/protocol-coverage.ts";
import { testsIn, type TestFile } from "../support/test-titles.ts";

const root = join(import.meta.dirname, "../..");

it("every rule of the backend's protocol has a test that exists, or is said to have none yet", () => {
  const read = new Map<string, TestFile | null>();
  const readTests = (path: string) => {
    const file = join(root, "test", path);
    const known = read.get(path);
    const tests = known ?? (existsSync(file) ? testsIn(path, readFileSync(file, "utf8")) : null);
    read.set(path, tests);
    return tests;
  };
  const doc = (name: string) => readFileSync(join(root, "docs", name), "utf8");
  expect(coverageGaps(doc("backend-protocol.md"), doc("protocol-coverage.md"), readTests)).toEqual([]);
});

describe("the check", () => {
  const source = `
    describe("a call", () => {
      it("goes out", () => {});
      it.each([["twice"], ["never"]])("is made %s", () => {});
      it.skip("comes back", () => {});
    });
    it(\`stands alone\`, () => {});
  `;
  const gaps = (protocol: string, coverage: string) =>
    coverageGaps(protocol, coverage, (path) => (path === "a.test.ts" ? testsIn(path, source) : null));
  const named = (name: string) => gaps("- **A1** x", `- **A1**\n  - \`${name}\`\n`);
  const missing = (name: string) => [`A1 names a test that does not exist: ${name}`];

  it.each([
    "a.test.ts › a call › goes out",
    "a.test.ts › a call › is made %s",
    "a.test.ts › a call › is made %s › twice",
    "a.test.ts › stands alone",
  ])("finds %s", (name) => {
    expect(named(name)).toEqual([]);
  });

  it.each([
    "b.test.ts › a call › goes out",
    "a.test.ts",
    "a.test.ts › goes out",
    "a.test.ts › a call › goes out › twice",
    "a.test.ts › a call › is made %s › thrice",
    "a.test.ts › a call › comes back",
    "a.test.ts › a call › stands alone",
  ])("does not find %s", (name) => {
    expect(named(name)).toEqual(missing(name));
  });

  it("fails on a rule without a test, an unknown rule and one that is listed twice", () => {
    expect(gaps("- **A1** x\n- **A2** y", "- **A2**\n\n## Not covered yet\n\n- **A2** z\n- **B1** z")).toEqual([
      "A2 is listed twice",
      "B1 is no rule of the protocol",
      "A1 has no test",
    ]);
  });

  it("refuses to judge a protocol without rules", () => {
    expect(() => gaps("", "")).toThrow("no rules");
  });
});
