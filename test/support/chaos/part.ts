import { setTimeout as sleep } from "node:timers/promises";
import type { OwnedProcess } from "../../../scripts/owned-process.ts";

/** A process of the stack that is hurt on purpose, and comes back each time. */
export type Part = {
  name: string;
  /** SIGKILL; starts again after a while. */
  kill(downMs: number): Promise<void>;
  /** SIGTERM; starts again at once. */
  restart(): Promise<void>;
  /** SIGSTOP, and SIGCONT after a while. */
  freeze(forMs: number): Promise<void>;
  stop(): Promise<void>;
};

type Running = Pick<OwnedProcess, "exited" | "signal" | "stop" | "output">;

/** `start` starts the process and resolves when it is ready. `onSurprise` hears of an end that nobody asked for. */
export async function startPart(
  name: string,
  start: () => Promise<Running>,
  onSurprise: (what: string) => void,
): Promise<Part> {
  let current = await begin();

  async function begin(): Promise<Running & { isAsked: boolean }> {
    const running = { ...(await start()), isAsked: false };
    void reportEnd(running);
    return running;
  }

  async function reportEnd(running: Running & { isAsked: boolean }): Promise<void> {
    await running.exited;
    if (!running.isAsked) onSurprise(`${name} ended by itself:\n${running.output()}`);
  }

  async function end(signal: "SIGKILL" | null): Promise<void> {
    current.isAsked = true;
    if (signal !== null) current.signal(signal);
    await current.stop();
  }

  return {
    name,
    async kill(downMs) {
      await end("SIGKILL");
      await sleep(downMs);
      current = await begin();
    },
    async restart() {
      await end(null);
      current = await begin();
    },
    async freeze(forMs) {
      current.signal("SIGSTOP");
      await sleep(forMs);
      current.signal("SIGCONT");
    },
    stop: async () => await end(null),
  };
}
