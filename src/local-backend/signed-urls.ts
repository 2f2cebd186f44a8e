import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "./clock.ts";

const LIFE_MS = 3_600_000;

export type SignedUrls = {
  /** An address below `/cdn/` that needs no token, for an hour; another one each time. */
  sign: (origin: string, path: string) => string;
  isValid: (path: string, query: { expires: string; nonce: string; signature: string }) => boolean;
};

export function createSignedUrls(secret: string, clock: Clock): SignedUrls {
  const signatureOf = (path: string, expires: string, nonce: string) =>
    createHmac("sha256", secret).update(`${path}\n${expires}\n${nonce}`).digest("hex");
  return {
    sign: (origin, path) => {
      const expires = String(Math.floor((clock.nowMs() + LIFE_MS) / 1000));
      const nonce = randomBytes(6).toString("hex");
      return `${origin}${path}?expires=${expires}&nonce=${nonce}&signature=${signatureOf(path, expires, nonce)}`;
    },
    isValid: (path, { expires, nonce, signature }) => {
      const expected = Buffer.from(signatureOf(path, expires, nonce));
      const given = Buffer.from(signature);
      return (
        given.length === expected.length && timingSafeEqual(given, expected) && Number(expires) * 1000 > clock.nowMs()
      );
    },
  };
}
