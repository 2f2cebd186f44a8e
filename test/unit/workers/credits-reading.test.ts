import { expect, it } from "vitest";
import { totalForOneJob } from "../../../src/workers/credits-reading.ts";

const credits = { available: 850, frozen: 100, total: 950 };

it("takes the account's total for one job's doing only where no other job is under way", async () => {
  expect(await totalForOneJob({ hasOtherWork: async () => false }, credits)).toBe(950);
  expect(await totalForOneJob({ hasOtherWork: async () => true }, credits)).toBeNull();
  expect(await totalForOneJob({ hasOtherWork: async () => false }, null)).toBeNull();
});
