import fc from "fast-check";
import { expect, it } from "vitest";
import { fingerprintOf } from "../../../src/api/idempotency.ts";

function withFieldsReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFieldsReversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, field]) => [key, withFieldsReversed(field)]),
  );
}

it("does not depend on the order of fields, at any depth", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(fingerprintOf(withFieldsReversed(value))).toBe(fingerprintOf(value));
    }),
  );
});

it("depends on everything else", () => {
  const values = [
    null,
    [],
    {},
    [1, 2],
    [2, 1],
    { a: 1 },
    { a: "1" },
    { b: 1 },
    { a: { b: 1 } },
    { a: [{ b: 1 }] },
    "a",
  ];
  expect(new Set(values.map(fingerprintOf)).size).toBe(values.length);
});
