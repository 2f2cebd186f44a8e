import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findViolations } from "../support/architecture.ts";

const sourceDir = join(import.meta.dirname, "../../src");

test("the source keeps to the layout", () => {
  const paths = readdirSync(sourceDir, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const sources = new Map(paths.map((path) => [path, readFileSync(join(sourceDir, path), "utf8")]));
  expect(findViolations(sources)).toEqual([]);
});

describe("the rules of the layout", () => {
  test("refuse to judge when there are no files", () => {
    expect(() => findViolations(new Map())).toThrow("no source files");
  });

  test("allow what the layout allows", () => {
    const violations = check({
      "main.ts": `import "./config.ts"; import "./new-id.ts"; import "./api/app.ts"; import "./workers/supervisor.ts";`,
      "new-id.ts": `import "./domain/job.ts";`,
      "config.ts": `export const home = process.env["HOME"];`,
      "api/app.ts": `import Fastify from "fastify"; import "../queue/jobs.ts"; export default Fastify;`,
      "workers/supervisor.ts": `import "bullmq"; import "../backend-client/render.ts"; import "../queue/jobs.ts";`,
      "backend-client/render.ts": `import "undici"; import "node:fs"; import "../outbound/guard.ts";`,
      "outbound/guard.ts": `import "../domain/job.ts";`,
      "workers/script.ts": `import "../inputs/converter.ts";`,
      "inputs/converter.ts": `import "mammoth"; import "../domain/job.ts";`,
      "inputs/mammoth.d.ts": `declare module "mammoth";`,
      "queue/jobs.ts": `import { type Job } from "../domain/job.ts"; export { Job } from "../domain/job.ts"; export const a = 1;`,
      "domain/job.ts": `import { z } from "zod"; export type Job = z.infer<typeof z>;`,
    });
    expect(violations).toEqual([]);
  });

  test.each([
    ["import", `import "../storage/folder.ts"; export const a = 1;`],
    ["import of types", `import type { Folder } from "../storage/folder.ts"; export type A = Folder;`],
    ["re-export", `export { folder } from "../storage/folder.ts"; export const a = 1;`],
    ["import while running", `export const a = await import("../storage/folder.ts");`],
    ["import inside a type", `export type A = import("../storage/folder.ts").Folder;`],
  ])("see an %s that goes in a wrong direction", (_kind, source) => {
    const violations = check({ "queue/jobs.ts": source, "storage/folder.ts": "export const folder = 1;" });
    expect(violations).toEqual(["queue/jobs.ts may not import storage/folder.ts"]);
  });

  test.each([
    ["api/app.ts", "workers/supervisor.ts"],
    ["api/app.ts", "backend-client/render.ts"],
    ["workers/supervisor.ts", "api/app.ts"],
    ["main.ts", "local-backend/server.ts"],
    ["local-backend/server.ts", "domain/job.ts"],
    ["domain/job.ts", "queue/jobs.ts"],
    ["queue/jobs.ts", "config.ts"],
    ["api/app.ts", "new-id.ts"],
    ["webhooks/send.ts", "backend-client/render.ts"],
    ["outbound/guard.ts", "webhooks/send.ts"],
    ["inputs/converter.ts", "outbound/guard.ts"],
    ["api/app.ts", "inputs/converter.ts"],
  ])("forbid %s to import %s", (from, to) => {
    const specifier = from.includes("/") ? `../${to}` : `./${to}`;
    const violations = check({ [from]: `import "${specifier}"; export const a = 1;`, [to]: "export const b = 1;" });
    expect(violations).toEqual([`${from} may not import ${to}`]);
  });

  test.each([
    ["queue/jobs.ts", "fastify"],
    ["queue/jobs.ts", "@fastify/multipart"],
    ["api/app.ts", "bullmq"],
    ["workers/supervisor.ts", "undici"],
    ["main.ts", "fastify-type-provider-zod"],
    ["storage/folder.ts", "unpdf"],
    ["workers/supervisor.ts", "@mozilla/readability"],
    ["inputs/converter.ts", "file-type"],
  ])("forbid %s to import %s, which other folders own", (path, library) => {
    expect(check({ [path]: `import "${library}/deep"; export const a = 1;` })).toEqual([
      expect.stringContaining(`${path} imports ${library}, which`),
    ]);
  });

  test.each(["node:fs", "ioredis"])("forbid the domain to import %s", (name) => {
    expect(check({ "domain/job.ts": `import "${name}"; export const a = 1;` })).toEqual([
      `domain/job.ts imports ${name}, but the domain imports only zod`,
    ]);
  });

  test("see a cycle, also one through a type", () => {
    const violations = check({
      "queue/a.ts": `import { b } from "./b.ts"; export type A = typeof b;`,
      "queue/b.ts": `import "./c.ts"; export const b = 1;`,
      "queue/c.ts": `import type { A } from "./a.ts"; export type C = A;`,
    });
    expect(violations).toEqual(["queue/a.ts → queue/b.ts → queue/c.ts → queue/a.ts is a cycle"]);
  });

  test.each([
    `export const a = process.env["A"];`,
    `export const { A } = process.env;`,
    `import { env } from "node:process"; export const a = env;`,
  ])("see that the environment is read by %s", (source) => {
    expect(check({ "queue/jobs.ts": source })).toEqual(["queue/jobs.ts reads the environment"]);
  });

  test("see a barrel", () => {
    const violations = check({
      "queue/all.ts": `export * from "./jobs.ts"; export { a as b } from "./jobs.ts";`,
      "queue/some.ts": `import { a } from "./jobs.ts"; export { a };`,
      "queue/jobs.ts": "export const a = 1;",
    });
    expect(violations).toEqual(["queue/all.ts is a barrel", "queue/some.ts is a barrel"]);
  });

  test.each([
    ["queue/jobStore.ts", "is not in kebab-case"],
    ["queue/Jobs/store.ts", "is not in kebab-case"],
    ["queue/utils.ts", "is not named for what it holds"],
    ["api/helpers/body.ts", "is not named for what it holds"],
    ["queue/index.ts", "is not named for what it holds"],
    ["extras/job.ts", "is in no folder of the layout"],
  ])("refuse the name %s", (path, reason) => {
    expect(check({ [path]: "export const a = 1;" })).toEqual([expect.stringContaining(reason)]);
  });

  test("see a file that is too long", () => {
    expect(check({ "queue/jobs.ts": "void 0;\n".repeat(251) })).toEqual(["queue/jobs.ts has 251 lines: more than 250"]);
  });

  test("see an import of nothing", () => {
    expect(check({ "queue/jobs.ts": `import "./job.ts"; export const a = 1;` })).toEqual([
      "queue/jobs.ts imports queue/job.ts, which is no source file",
    ]);
  });
});

function check(sources: Record<string, string>): string[] {
  return findViolations(new Map(Object.entries(sources)));
}
