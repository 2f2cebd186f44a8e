import { expect, it } from "vitest";
import { z } from "zod";
import { skillNameSchema } from "../../../src/domain/skill.ts";
import { skillViewSchema } from "../../../src/domain/skill-view.ts";
import { startApi } from "../../support/api.ts";
import { problemIn } from "../../support/problem.ts";

it("all five skills are listed, as each is on its own", async () => {
  const api = await startApi();
  const page = z
    .strictObject({
      object: z.literal("list"),
      data: z.array(z.strictObject(skillViewSchema.shape)),
      has_more: z.literal(false),
      next_cursor: z.null(),
    })
    .parse(await (await api.request("/v1/skills")).json());
  expect(page.data.map(({ name }) => name)).toEqual(skillNameSchema.options);
  for (const skill of page.data) {
    const response = await api.request(`/v1/skills/${skill.name}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(skill);
  }
});

it("a skill that there is none of is not found, and the others are named", async () => {
  const api = await startApi();
  const problem = await problemIn(await api.request("/v1/skills/text-to-music"));
  expect(problem).toMatchObject({ status: 404, code: "not_found" });
  for (const name of skillNameSchema.options) expect(problem.detail).toContain(name);
});

it("skills are for those with an API key", async () => {
  const api = await startApi();
  expect((await problemIn(await api.request("/v1/skills", { key: "wrong" }))).status).toBe(401);
});
