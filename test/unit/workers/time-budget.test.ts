import { expect, it } from "vitest";
import { createTimeBudget } from "../../../src/workers/time-budget.ts";

const tooSlow = () => new Error("too slow");
const { signal } = new AbortController();

/** Work that ends only when it is told to. */
const endless = async (limited: AbortSignal): Promise<never> =>
  await new Promise((_resolve, reject) => limited.addEventListener("abort", () => reject(new Error("stopped"))));

it("lets work be done that takes less", async () => {
  const budget = createTimeBudget(60_000, signal, tooSlow);
  await expect(budget(async () => "done")).resolves.toBe("done");
});

it("stops work that takes more, and all that comes after it", async () => {
  const budget = createTimeBudget(20, signal, tooSlow);
  await expect(budget(endless)).rejects.toThrow("too slow");
  await expect(budget(endless)).rejects.toThrow("too slow");
});

it("counts the work alone, and not what lies between", async () => {
  const budget = createTimeBudget(2_000, signal, tooSlow);
  await budget(async () => undefined);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await expect(budget(async () => "done")).resolves.toBe("done");
});

it("passes on what went wrong", async () => {
  const budget = createTimeBudget(60_000, signal, tooSlow);
  await expect(budget(async () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
});

it("stops at once when its job is interrupted, and says so", async () => {
  const controller = new AbortController();
  const work = createTimeBudget(60_000, controller.signal, tooSlow)(endless);
  controller.abort(new Error("interrupted"));
  await expect(work).rejects.toThrow("interrupted");
});
