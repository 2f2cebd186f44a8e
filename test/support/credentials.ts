import { expect } from "vitest";

const attribution = {
  "x-skill-source": expect.stringMatching(/./),
  "x-skill-version": "1.0.0",
  "x-skill-platform": expect.stringMatching(/./),
};
/** What no other origin may see, nor the addresses of videos on this one. */
const secretHeaders = /^(authorization|cookie|x-.*)$/;

/** Every request in the ledger of the local backend: credentials and attribution on each call, on no download, and in no URL. */
export function expectCredentialsAtOriginOnly(ledger: readonly Record<string, unknown>[]): void {
  for (const request of ledger.filter(({ type }) => type === "request")) {
    expect(request["token_in_url"]).toBe(false);
    const { endpoint, token, headers } = request;
    if (endpoint === "cdn") expectNoCredentials(headers);
    else {
      expect(headers).toMatchObject(attribution);
      expect(token).toEqual(endpoint === "token" ? null : expect.stringContaining("sha256:"));
    }
  }
}

export function expectNoCredentials(headers: unknown): void {
  expect(Object.keys(headers ?? {}).filter((name) => secretHeaders.test(name))).toEqual([]);
}
