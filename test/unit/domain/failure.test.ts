import { expect, it } from "vitest";
import { describeFailure, failureCodes, JobFailure } from "../../../src/domain/failure.ts";

it.each(failureCodes)("%s is an error by HTTP, too", (code) => {
  expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  const { status } = describeFailure(code);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
});

it("says its code, the detail where there is one, and keeps the cause", () => {
  const cause = new Error("raw");
  const failure = new JobFailure("render_failed", "Twice.", { cause });
  expect(failure).toMatchObject({ message: "render_failed: Twice.", code: "render_failed", detail: "Twice.", cause });
  expect(new JobFailure("not_ready").message).toBe("not_ready");
});

it("promises that nothing was charged only where that is certain", () => {
  const promising = failureCodes.filter((code) =>
    /nothing was charged|costs no credits/.test(describeFailure(code).advice),
  );
  expect(promising).toEqual(["backend_unavailable", "render_failed", "video_broken"]);
  expect(describeFailure("outcome_unknown").advice).toContain("charged");
});
