import type { BackendError } from "../backend-client/backend-error.ts";
import type { Backend } from "../backend-client/backend.ts";
import { isoTime } from "../domain/waiting.ts";
import type { Gate, Gates } from "../queue/gates.ts";
import type { Claim } from "../queue/job-claim.ts";

export type AccountGateDeps = {
  backend: Backend;
  gates: Gates;
  now: () => number;
  /** How long a 429 closes the account's gate. */
  rateLimitMs: number;
  /** How often the balance of an account without credits is looked at. */
  creditsPollMs: number;
};

/**
 * Turns the backend's word about an account into a closed gate: 429 pauses that account and no other, 2001 holds back what costs
 * credits until there are more. Null: the failure is not about the account.
 */
export function createAccountGates({ backend, gates, now, rateLimitMs, creditsPollMs }: AccountGateDeps) {
  return async function gateFor(failure: BackendError, claim: Claim, signal: AbortSignal): Promise<Gate | null> {
    if (failure.reason !== "rate_limited" && failure.reason !== "out_of_credits") return null;
    const current = await backend.currentAccount(signal);
    await gates.setCurrentAccount(current, now());
    const account = claim.backendSession?.identityId ?? current;
    const shared = { account, balance: null };
    if (failure.reason === "rate_limited") {
      const untilMs = now() + rateLimitMs;
      const detail = "The backend limits the rate of this account.";
      const waiting = { reason: failure.reason, detail, until: isoTime(untilMs) };
      return await closed({ ...shared, reason: failure.reason, untilMs, waiting });
    }
    const untilMs = now() + creditsPollMs;
    const detail = failure.detail ?? "The account is out of credits: top up, and the job goes on.";
    const waiting = { reason: "credits", detail, until: null } as const;
    const { available } = await backend.readCredits({ identityId: account, skill: claim.job.skill, signal });
    return await closed({ ...shared, reason: "credits", balance: available, untilMs, waiting });
  };

  async function closed(gate: Gate): Promise<Gate> {
    await gates.close(gate);
    return gate;
  }
}

export type GateFor = ReturnType<typeof createAccountGates>;
