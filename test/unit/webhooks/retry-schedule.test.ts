import { describe, expect, it } from "vitest";
import {
  isDelivered,
  nextAttempt,
  standardScheduleMs,
  type FailedAttempt,
} from "../../../src/webhooks/retry-schedule.ts";
import vectors from "../../fixtures/standard-webhooks.json" with { type: "json" };

const { deliveryRules } = vectors;
const nowMs = Date.parse("2026-01-01T00:00:00Z");
const hourMs = 3_600_000;

/** The wait after a failed attempt, without jitter. */
function waitMs(failed: Partial<FailedAttempt>, scheduleMs?: number[]): number | string {
  const next = nextAttempt({ attempt: 1, nowMs, firstAttemptMs: nowMs, random: () => 0.5, ...failed }, scheduleMs);
  return "retryAtMs" in next ? next.retryAtMs - nowMs : next.giveUp;
}

it("follows the schedule of the specification", () => {
  expect(standardScheduleMs).toEqual(deliveryRules.scheduleSeconds.map((seconds) => seconds * 1000));
  const waits = standardScheduleMs.map((_, index) => waitMs({ attempt: index + 1, status: 500 }));
  expect(waits).toEqual([...standardScheduleMs.slice(1), "exhausted"]);
});

it("retries when there was no answer at all", () => {
  expect(waitMs({})).toBe(5000);
});

it("counts 2xx as delivered, and nothing else", () => {
  const delivered = Array.from({ length: 500 }, (_, index) => index + 100).filter(isDelivered);
  expect([delivered.length, delivered[0], delivered.at(-1)]).toEqual([100, 200, 299]);
});

it("retries after a redirect as after any failure", () => {
  expect([301, 302, 307, 308, 304].map((status) => waitMs({ status }))).toEqual(Array(5).fill(5000));
});

it("stops at once when the endpoint is gone", () => {
  expect(waitMs({ status: deliveryRules.disable })).toBe("gone");
  expect(waitMs({ status: deliveryRules.disable, retryAfter: "5" })).toBe("gone");
});

it.each(deliveryRules.throttle)("slows down after %d by a step of the schedule", (status) => {
  expect(waitMs({ status, attempt: 1 })).toBe(300_000);
  expect(waitMs({ status, attempt: 9 })).toBe(24 * hourMs);
  expect(waitMs({ status, attempt: 10 })).toBe("exhausted");
});

describe("Retry-After", () => {
  it.each(vectors.retryAfter.filter((vector) => vector.expectSeconds !== undefined))(
    "understands $header",
    ({ header, expectSeconds }) => {
      expect(waitMs({ status: 503, retryAfter: header })).toBe((expectSeconds ?? 0) * 1000);
    },
  );

  it.each(vectors.retryAfter.filter((vector) => vector.expectDate !== undefined))(
    "understands $header",
    ({ header, expectDate }) => {
      const atMs = Date.parse(expectDate ?? "");
      expect(
        waitMs({
          status: 429,
          retryAfter: header,
          nowMs: atMs - 600_000,
          firstAttemptMs: atMs - 600_000,
        }),
      ).toBe(atMs - nowMs);
    },
  );

  it("does not bring an attempt forward", () => {
    expect(waitMs({ status: 503, attempt: 4, retryAfter: "60" })).toBe(2 * hourMs);
    expect(waitMs({ status: 503, retryAfter: "0" })).toBe(5000);
    expect(waitMs({ status: 503, retryAfter: "Wed, 21 Oct 2015 07:28:00 GMT" })).toBe(5000);
  });

  it("puts an attempt off by a day at most", () => {
    expect(waitMs({ status: 503, retryAfter: "9999999" })).toBe(24 * hourMs);
    expect(waitMs({ status: 503, retryAfter: "Wed, 21 Oct 2099 07:28:00 GMT" })).toBe(24 * hourMs);
  });

  it.each(["", "soon", "-5", "1e3", "12 s", "2026-01-01", "NaN", "Infinity", "99999999999999999999"])(
    "is ignored when it is %j",
    (retryAfter) => {
      expect(waitMs({ status: 503, retryAfter })).toBe(5000);
    },
  );
});

it("gives up when the next attempt would come more than a week after the first", () => {
  const firstAttemptMs = nowMs - 6.5 * 24 * hourMs;
  expect(waitMs({ attempt: 5, status: 503, firstAttemptMs })).toBe(5 * hourMs);
  expect(waitMs({ attempt: 5, status: 503, retryAfter: "86400", firstAttemptMs })).toBe("expired");
});

it("spreads retries by a tenth to either side", () => {
  expect(waitMs({ attempt: 4, random: () => 0 })).toBe(6_480_000);
  expect(waitMs({ attempt: 4, random: () => 0.999_999_999 })).toBe(7_920_000);
});

it("takes another schedule", () => {
  expect([1, 2, 3].map((attempt) => waitMs({ attempt }, [0, 10, 20]))).toEqual([10, 20, "exhausted"]);
});
