import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { JobFailure } from "../../../src/domain/failure.ts";
import { generateSecret, parseSecret, signHeaders } from "../../../src/webhooks/sign.ts";
import vectors from "../../fixtures/standard-webhooks.json" with { type: "json" };

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("the vectors of the specification", () => {
  const symmetric = vectors.sign.flatMap((vector) =>
    vector.secret === undefined ? [] : [{ ...vector, secret: vector.secret }],
  );

  it("covers all but the asymmetric one", () => {
    expect(symmetric).toHaveLength(vectors.sign.length - 1);
  });

  it.each(symmetric)("signs $name", ({ secret: key, msgId, timestamp, payload, expected }) => {
    const headers = signHeaders([key], msgId, timestamp * 1000, payload);
    expect(headers).toEqual({
      "webhook-id": msgId,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": expected,
    });
  });

  it.each(vectors.signErrors)("refuses $name", (vector) => {
    const timestamp = "timestamp" in vector ? vector.timestamp : 1_614_265_330_000;
    // Reflect, because the type forbids text: whoever gets past it must not sign a time that receivers read differently.
    const sign = (): unknown => Reflect.apply(signHeaders, undefined, [[vector.secret], "msg_1", timestamp, "{}"]);
    expect(sign).toThrow(TypeError);
  });
});

it("signs with each secret, so that a receiver with either of two verifies", () => {
  const secrets = [generateSecret(), generateSecret()];
  const body = '{"type":"job.succeeded"}';
  const headers = signHeaders(secrets, "evt_1", Date.now(), body);
  expect(headers["webhook-signature"].split(" ")).toHaveLength(2);
  for (const each of secrets) {
    expect(new Webhook(each).verify(body, headers)).toEqual({ type: "job.succeeded" });
  }
  expect(() => new Webhook(generateSecret()).verify(body, headers)).toThrow("No matching signature");
});

it("gives the time of the attempt in whole seconds", () => {
  expect(signHeaders([secret], "evt_1", 1_614_265_330_999, "{}")["webhook-timestamp"]).toBe("1614265330");
});

it.each(["evt.1", "", "evt 1", "evt_1\r\nx: y"])("refuses the id %j, which could be taken apart otherwise", (id) => {
  expect(() => signHeaders([secret], id, 0, "{}")).toThrow(TypeError);
});

it("refuses to sign with no secret at all", () => {
  expect(() => signHeaders([], "evt_1", 0, "{}")).toThrow("at least one secret");
});

describe("secrets", () => {
  it("are made as the specification says, each one new", () => {
    const made = generateSecret();
    expect(made).toMatch(/^whsec_/);
    expect(Buffer.from(made.slice(6), "base64").length).toBe(32);
    expect(parseSecret(made)).toBe(made);
    expect(generateSecret()).not.toBe(made);
  });

  it("may have 24 to 64 bytes", () => {
    expect(parseSecret(ofBytes(24))).toBe(ofBytes(24));
    expect(parseSecret(ofBytes(64))).toBe(ofBytes(64));
    expect(() => parseSecret(ofBytes(23))).toThrow(JobFailure);
    expect(() => parseSecret(ofBytes(65))).toThrow(JobFailure);
  });

  it("get the padding that they lack", () => {
    const padded = `whsec_${Buffer.alloc(25, 7).toString("base64")}`;
    expect(parseSecret(padded.replaceAll("=", ""))).toBe(padded);
  });

  it.each([
    "",
    "whsec_",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_not base64",
    "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  ])("refuses %j with the reason", (text) => {
    expect(captured(() => parseSecret(text))).toMatchObject({
      code: "invalid_request",
      detail: expect.stringContaining("base64 of 24 to 64 random bytes"),
    });
  });

  it("are not repeated when they are refused", () => {
    expect(captured(() => parseSecret("whsec_hunter2")).message).not.toContain("hunter2");
  });
});

function ofBytes(count: number): string {
  return `whsec_${Buffer.alloc(count, 7).toString("base64")}`;
}

function captured(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
