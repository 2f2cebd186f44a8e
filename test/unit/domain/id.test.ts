import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { eventIdSchema, fileIdSchema, jobIdSchema, sessionIdSchema, type IdPrefix } from "../../../src/domain/id.ts";
import { newId } from "../../../src/new-id.ts";

const schemas = [
  ["job", jobIdSchema],
  ["ses", sessionIdSchema],
  ["file", fileIdSchema],
  ["evt", eventIdSchema],
] as const;

describe.each(schemas)("an id of the kind %s", (prefix, schema) => {
  const id = newId(prefix);

  it("is taken as it was made", () => {
    expect(schema.parse(id)).toBe(id);
  });

  it.each([
    ["of another kind", id.replace(prefix, "bat")],
    ["with something before it", ` ${id}`],
    ["with something after it", `${id}\n`],
    ["that is too short", id.slice(0, -1)],
    ["that is too long", `${id}0`],
    ["in capitals", id.toUpperCase()],
    ["with a letter that base32 lacks", id.replace(/.$/, "u")],
    ["beyond 128 bits", id.replace(/_./, "_8")],
    ["that leaves its key", `${prefix}_../../../../etc/passwd000`],
    ["that is only a prefix", `${prefix}_`],
  ])("is refused %s", (_how, text) => {
    const refusal = schema.safeParse(text);
    expect(refusal.error?.issues.map(({ message }) => message)).toEqual([
      `must be an id that begins with \`${prefix}_\``,
    ]);
  });
});

it("ids of every kind have their prefix, and are never the same", () => {
  const prefixes: IdPrefix[] = ["job", "ses", "file", "evt", "render", "req", "op"];
  for (const prefix of prefixes) expect(newId(prefix)).toMatch(new RegExp(`^${prefix}_[0-9a-z]{26}$`));
  expect(new Set(Array.from({ length: 1_000 }, () => newId("job"))).size).toBe(1_000);
});

describe("ids sort by time", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("to the millisecond", () => {
    const startMs = Date.UTC(2030, 0, 1);
    const ids = Array.from({ length: 100 }, (_, at) => {
      vi.setSystemTime(startMs + at);
      return newId("job");
    });
    expect(ids.toSorted()).toEqual(ids);
  });
});
