import { expect, it } from "vitest";
import { startApi } from "../../support/api.ts";
import { problemIn } from "../../support/problem.ts";

it("is ready when every check passes", async () => {
  const api = await startApi();
  expect(await (await fetch(`${api.origin}/readyz`)).json()).toEqual({ status: "ready" });
});

it("names what is not available, and keeps the reasons to the log", async () => {
  const api = await startApi({
    override: () => ({
      limits: { checkTimeoutMs: 20 },
      checks: [
        { name: "redis", check: async () => Promise.reject(new Error("refused by 10.0.0.7")) },
        { name: "disk", check: async () => undefined },
        { name: "storage", check: async () => new Promise(() => undefined) },
      ],
    }),
  });
  const response = await fetch(`${api.origin}/readyz`);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(await problemIn(response)).toMatchObject({
    status: 503,
    code: "not_ready",
    detail: "Not available: redis, storage.",
  });
  await expect.poll(() => api.logged()).toContain("refused by 10.0.0.7");
  expect(api.logged()).toContain("no answer within 20 ms");
});

it("is alive while it is not ready", async () => {
  const api = await startApi({
    override: () => ({ checks: [{ name: "redis", check: async () => Promise.reject(new Error("away")) }] }),
  });
  expect(await (await fetch(`${api.origin}/livez`)).json()).toEqual({ status: "alive" });
});
