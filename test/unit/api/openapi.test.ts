import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fileViewSchema } from "../../../src/api/file-view.ts";
import { problemSchema } from "../../../src/api/problem.ts";
import { failureCodes } from "../../../src/domain/failure.ts";
import { jobRequestSchema } from "../../../src/domain/job-request.ts";
import { jobViewSchema } from "../../../src/domain/job-view.ts";
import { skillViewSchema } from "../../../src/domain/skill-view.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const run = promisify(execFile);
const openapi = async (...args: string[]) => await run(process.execPath, [join(root, "scripts/openapi.ts"), ...args]);

type Operation = { operationId: string; responses: Record<string, { content?: Record<string, { schema: object }> }> };
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, unknown>;
  components: { schemas: Record<string, { examples?: unknown[] }> };
};
const text = await readFile(join(root, "openapi/openapi.json"), "utf8");
const document = JSON.parse(text) as Document;
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

describe("scripts/openapi.ts --check", () => {
  it("finds the document in the repository in step with the code", async () => {
    expect(await openapi("--check")).toEqual({ stdout: "", stderr: "" });
  });

  it("fails, and says what to do, when the document is stale or missing", async () => {
    const file = join(await tempFolder(), "openapi.json");
    await expect(openapi("--check", file)).rejects.toThrow(/is missing: run `npm run openapi`/);
    await writeFile(file, text.replace("Submit a job", "Submit two jobs"));
    await expect(openapi("--check", file)).rejects.toThrow(/is stale: run `npm run openapi`/);
    await openapi(file);
    expect(await readFile(file, "utf8")).toBe(text);
  });
});

describe("the OpenAPI document", () => {
  it("is OpenAPI 3.1 and passes Redocly's lint", async () => {
    expect(document.openapi).toBe("3.1.0");
    const redocly = join(root, "node_modules/@redocly/cli/bin/cli.js");
    await run(process.execPath, [redocly, "lint", "openapi/openapi.json"], {
      cwd: root,
      env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
    });
  });

  it("refers only to schemas that it has, and has none that nothing refers to", () => {
    const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(document.components.schemas)));
  });

  it("has examples that its schemas accept", () => {
    const schemas: Record<string, z.ZodType> = {
      JobRequest: jobRequestSchema,
      Job: jobViewSchema,
      File: fileViewSchema,
      Skill: skillViewSchema,
    };
    for (const [name, schema] of Object.entries(schemas)) {
      const examples = document.components.schemas[name]?.examples ?? [];
      expect(examples, name).not.toHaveLength(0);
      for (const example of examples) schema.parse(example);
    }
  });

  it("says of every operation how it is called and that it may fail", () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operationId, responses } of operations) expect(Object.keys(responses), operationId).toContain("500");
  });

  it("describes every problem by its codes, at their status, with an example of each", () => {
    const narrowed = z.object({
      allOf: z.tuple([
        z.object({ $ref: z.string() }),
        z.object({ properties: z.object({ code: z.object({ enum: z.array(z.enum(failureCodes)) }) }) }),
      ]),
      examples: z.array(problemSchema.strict()),
    });
    for (const { responses } of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        const { allOf, examples } = narrowed.parse(content?.["application/problem+json"]?.schema);
        expect(examples.map(({ code }) => code)).toEqual(allOf[1].properties.code.enum);
        for (const example of examples) expect(example.status).toBe(Number(status));
      }
    }
  });

  it("has the webhooks", () => {
    expect(Object.keys(document.webhooks)).toEqual(["job.succeeded", "job.failed", "job.canceled"]);
  });
});
