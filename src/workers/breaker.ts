import type { BackendError } from "../backend-client/backend-error.ts";
import type { Gates } from "../queue/gates.ts";
import { anyAccount, type Gate } from "../queue/gates.ts";
import { isoTime } from "../domain/waiting.ts";

/** So many failed calls in a row, by whatever jobs, and the backend counts as down. */
const threshold = 5;

export type BreakerDeps = { gates: Gates; now: () => number; probeEveryMs: number };

/**
 * Counts failures of the backend itself, in this process. When it counts as down, the gate `backend_down` closes for all accounts:
 * nothing new is started, while polls and recoveries go on slowly; the gatekeeper probes and opens it.
 */
export function createBreaker({ gates, now, probeEveryMs }: BreakerDeps) {
  let failuresInARow = 0;
  return {
    worked(): void {
      failuresInARow = 0;
    },
    /** The gate, once it is closed by this. */
    async failed({ reason }: BackendError): Promise<Gate | null> {
      if (reason !== "not_sent" && reason !== "no_answer" && reason !== "server_error") return null;
      failuresInARow += 1;
      if (failuresInARow < threshold) return null;
      failuresInARow = 0;
      const gate = backendDownGate(now() + probeEveryMs);
      await gates.close(gate);
      return gate;
    },
  };
}

export type Breaker = ReturnType<typeof createBreaker>;

function backendDownGate(untilMs: number): Gate {
  const detail = "The backend does not answer. It is tried again until it does.";
  return {
    account: anyAccount,
    reason: "backend_down",
    untilMs,
    balance: null,
    waiting: { reason: "backend_down", detail, until: isoTime(untilMs) },
  };
}
