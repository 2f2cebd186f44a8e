import type { OutboundClient } from "../outbound/outbound-client.ts";
import { OutboundError, type OutboundErrorKind } from "../outbound/outbound-error.ts";
import { isDelivered } from "./retry-schedule.ts";
import { signHeaders } from "./sign.ts";

/** The Standard Webhooks specification asks for 15 to 30 seconds. */
const defaultTimeoutMs = 15_000;
/** Read only so that the connection can be used again; what a receiver writes may hold its secrets, so it is dropped. */
const maxResponseBytes = 16 * 1024;
/** An HTTP date has 29 characters. */
const maxRetryAfterChars = 64;

export type WebhookMessage = {
  url: string;
  /** The endpoint's secrets: more than one while a secret is being replaced. */
  secrets: readonly string[];
  /** The same for all attempts of one event: receivers tell repeats by it. */
  id: string;
  /** The time of this attempt. */
  timestampMs: number;
  /** Compact JSON, sent and signed byte for byte. */
  body: string;
  signal?: AbortSignal;
};

/** `status`: the receiver answered, but not with 2xx. The others: it did not. */
export type DeliveryFailure = "status" | OutboundErrorKind;

export type DeliveryResult =
  | { ok: true; status: number }
  | {
      ok: false;
      reason: DeliveryFailure;
      status?: number;
      /** The header as it came, for `nextAttempt`. */
      retryAfter?: string;
      /** 410: the endpoint should be disabled. */
      gone: boolean;
    };

export type WebhookSender = {
  /** One attempt. Throws `OutboundError` `aborted` when `signal` fires: that is no failure of the receiver. */
  send: (message: WebhookMessage) => Promise<DeliveryResult>;
};

export function createWebhookSender({
  outbound,
  timeoutMs = defaultTimeoutMs,
}: {
  outbound: Pick<OutboundClient, "post">;
  timeoutMs?: number;
}): WebhookSender {
  async function send({ url, secrets, id, timestampMs, body, signal }: WebhookMessage): Promise<DeliveryResult> {
    const headers = {
      "content-type": "application/json",
      "user-agent": "Reelay-Webhooks/1",
      ...signHeaders(secrets, id, timestampMs, body),
    };
    try {
      const limits = { timeoutMs, maxResponseBytes, ...(signal && { signal }) };
      const answer = await outbound.post(url, { headers, body, ...limits });
      return toResult(answer.status, answer.headers["retry-after"]);
    } catch (error) {
      if (error instanceof OutboundError && error.kind !== "aborted") {
        return { ok: false, reason: error.kind, gone: false };
      }
      throw error;
    }
  }

  return { send };
}

function toResult(status: number, retryAfter: string | undefined): DeliveryResult {
  if (isDelivered(status)) return { ok: true, status };
  const usable = retryAfter !== undefined && retryAfter.length <= maxRetryAfterChars;
  return {
    ok: false,
    reason: "status",
    status,
    gone: status === 410,
    ...(usable && { retryAfter }),
  };
}
