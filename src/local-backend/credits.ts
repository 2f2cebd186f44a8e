import type { Account } from "./accounts.ts";
import type { Sessions } from "./sessions.ts";

export type Balance = { available: number; frozen: number; total: number };

/**
 * An account's credits, reckoned from its sessions each time: what a run costs and what it changed are then in one
 * record, and a kill cannot come between them. `frozen` is reserved by runs under way.
 */
export function balanceOf(account: Account, sessions: Sessions): Balance {
  const own = sessions.ofAccount(account.id);
  const spent = own.reduce((sum, session) => sum + session.spentCredits, 0);
  const frozen = own.reduce((sum, session) => sum + (session.run?.credits ?? 0), 0);
  const total = account.grantedCredits - spent;
  return { available: total - frozen, frozen, total };
}
