import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { JobFailure } from "../domain/failure.ts";

const prefix = "whsec_";
const minSecretBytes = 24;
const maxSecretBytes = 64;
const newSecretBytes = 32;

export type WebhookHeaders = {
  "webhook-id": string;
  "webhook-timestamp": string;
  "webhook-signature": string;
};

/** A new signing secret: `whsec_` and the base64 of 32 random bytes. */
export function generateSecret(): string {
  return prefix + randomBytes(newSecretBytes).toString("base64");
}

/**
 * Checks a signing secret that someone gave (Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes) and returns it in its
 * canonical form. Throws `JobFailure` (`invalid_request`), which does not repeat the secret.
 */
export function parseSecret(text: string): string {
  const key = text.startsWith(prefix) ? decodeSecret(text) : null;
  if (key === null || key.length < minSecretBytes || key.length > maxSecretBytes) {
    throw new JobFailure(
      "invalid_request",
      `A webhook secret is "${prefix}" and the base64 of ${minSecretBytes} to ${maxSecretBytes} random bytes.`,
    );
  }
  return prefix + key.toString("base64");
}

/**
 * The headers of one delivery attempt, Standard Webhooks `v1` (HMAC-SHA256), one signature for each secret, so that a secret can
 * be replaced while receivers still have the old one. `timestampMs` is the time of the attempt; `id` stays the same in all of them.
 * `body` must be what goes out, byte for byte.
 */
export function signHeaders(secrets: readonly string[], id: string, timestampMs: number, body: string): WebhookHeaders {
  // A full stop would make "{id}.{timestamp}.{body}" ambiguous, and so a signature valid for another message.
  if (!/^[\w-]+$/.test(id)) {
    throw new TypeError(`webhook id "${id}" has characters other than A-Z a-z 0-9 _ -`);
  }
  if (!Number.isFinite(timestampMs) || timestampMs < 0) {
    throw new TypeError("webhook timestamp is not a time in ms");
  }
  if (secrets.length === 0) {
    throw new TypeError("a webhook needs at least one secret to be signed with");
  }
  const signatures = secrets.map((secret) =>
    new Webhook(signingKey(secret), { format: "raw" }).sign(id, new Date(timestampMs), body),
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(timestampMs / 1000)),
    "webhook-signature": signatures.join(" "),
  };
}

function signingKey(secret: string): Uint8Array {
  const key = decodeSecret(secret);
  if (key === null) throw new TypeError("a webhook secret is empty or not base64");
  return key;
}

/** More than `parseSecret` allows, since secrets made elsewhere come without prefix or padding. */
function decodeSecret(secret: string): Buffer | null {
  const text = (secret.startsWith(prefix) ? secret.slice(prefix.length) : secret).replace(/={1,2}$/, "");
  return /^[A-Za-z0-9+/]+$/.test(text) && text.length % 4 !== 1 ? Buffer.from(text, "base64") : null;
}
