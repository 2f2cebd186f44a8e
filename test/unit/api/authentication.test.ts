import { expect, it } from "vitest";
import { createApiKeys } from "../../../src/api/authentication.ts";

const { tenantOf } = createApiKeys([
  { key: "first-key", tenant: "a" },
  { key: "second-key", tenant: "b" },
  { key: "third-key", tenant: "a" },
]);

it("knows the tenant of each key; a tenant may have several", () => {
  expect(["first-key", "second-key", "third-key"].map(tenantOf)).toEqual(["a", "b", "a"]);
});

it.each(["", "first-ke", "first-keyy", "FIRST-KEY", "second-key ", "ключ"])("does not know %j", (key) => {
  expect(tenantOf(key)).toBeNull();
});

it("knows no key where none are given", () => {
  expect(createApiKeys([]).tenantOf("")).toBeNull();
});
