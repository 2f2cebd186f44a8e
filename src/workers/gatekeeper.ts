import type { Logger } from "pino";
import type { Backend } from "../backend-client/backend.ts";
import { defaultSkill } from "../domain/skill.ts";
import { isoTime } from "../domain/waiting.ts";
import type { Admission } from "../queue/admission.ts";
import { anyAccount, type Gate, type Gates } from "../queue/gates.ts";

export type GatekeeperDeps = {
  backend: Backend;
  gates: Gates;
  admission: Admission;
  now: () => number;
  probeEveryMs: number;
  creditsPollMs: number;
  log: Logger;
};

/** A probe is a small question; an answer that takes longer counts as none. */
const probeLimitMs = 10_000;

/** Looks at the closed gates whose time has come, and opens those that have no more reason to be closed. */
export function createGatekeeper(deps: GatekeeperDeps) {
  const { backend, gates, admission, now, probeEveryMs, creditsPollMs, log } = deps;

  return async function lookAtGates(): Promise<void> {
    const due = (await gates.closed()).filter(({ untilMs }) => untilMs !== null && untilMs <= now());
    await Promise.all(due.map(lookAt));
  };

  async function lookAt(gate: Gate): Promise<void> {
    if (await mayOpen(gate)) {
      log.info({ gate: gate.reason, account: gate.account }, "gate opened");
      await admission.openGate(gate);
      return;
    }
    const untilMs = now() + (gate.reason === "credits" ? creditsPollMs : probeEveryMs);
    const until = gate.waiting.until === null ? null : isoTime(untilMs);
    await gates.close({ ...gate, untilMs, waiting: { ...gate.waiting, until } });
  }

  async function mayOpen({ reason, account, balance }: Gate): Promise<boolean> {
    switch (reason) {
      case "rate_limited":
        return true;
      case "backend_down":
        return (await availableCredits(account)) !== null;
      case "credits":
        return ((await availableCredits(account)) ?? 0) > (balance ?? 0);
      case "paused":
        return false;
    }
  }

  /** Null when the backend does not say. */
  async function availableCredits(account: string): Promise<number | null> {
    try {
      const signal = AbortSignal.timeout(probeLimitMs);
      const identityId = account === anyAccount ? null : account;
      return (await backend.readCredits({ identityId, skill: defaultSkill, signal })).available;
    } catch (error) {
      log.debug({ err: error, account }, "probe");
      return null;
    }
  }
}
