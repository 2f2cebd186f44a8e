import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandom } from "../seeded-random.ts";
import { lockMs, type ChaosStack, type NamedProxy } from "./stack.ts";
import type { Part } from "./part.ts";

/** Counts what was done, by name. */
export type Tally = { note(what: string): void };

type Wound = { random: SeededRandom; tally: Tally; signal: AbortSignal };

/** Longer than the lock of a queue entry, so that somebody else has taken it by the time of waking. */
function freezeMs(random: SeededRandom): number {
  return random.between(lockMs * 1.5, lockMs * 3);
}

/**
 * Hurts the stack until `signal` aborts: each process and the network in a rhythm of its own, so that injuries meet. Resolves when all are well again.
 */
export async function hurtStack(
  stack: ChaosStack,
  randomFor: (purpose: string) => SeededRandom,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const wound = (purpose: string): Wound => ({ random: randomFor(purpose), tally, signal });
  await Promise.all([
    ...stack.service.map(
      async (part) => await repeatedly(wound(part.name), [2_000, 6_000], async (w) => await hurtPart(part, w)),
    ),
    repeatedly(wound("redis"), [4_000, 10_000], async (w) => await hurtPart(stack.redis, w)),
    ...["one", "other"].map(
      async (name) =>
        await repeatedly(wound(`network ${name}`), [500, 4_000], async (w) => {
          await hurtProxy(w.random.pick(stack.proxies), w);
        }),
    ),
  ]);
}

async function repeatedly(
  wound: Wound,
  [leastMs, mostMs]: readonly [number, number],
  hurt: (wound: Wound) => Promise<void>,
): Promise<void> {
  while (!wound.signal.aborted) {
    await sleep(wound.random.between(leastMs, mostMs), undefined, { signal: wound.signal }).catch(() => undefined);
    if (!wound.signal.aborted) await hurt(wound);
  }
}

async function hurtPart(part: Part, { random, tally }: Wound): Promise<void> {
  const how = random.pick(["kill", "kill", "kill", "freeze", "freeze", "restart"]);
  tally.note(`${how} ${part.name}`);
  switch (how) {
    case "kill":
      return await part.kill(random.between(50, 1_500));
    case "freeze":
      return await part.freeze(freezeMs(random));
    case "restart":
      return await part.restart();
  }
}

async function hurtProxy(proxy: NamedProxy, { random, tally }: Wound): Promise<void> {
  const how = random.pick(["cut", "cut", "drop_replies", "drop_replies", "freeze", "refuse"]);
  tally.note(`${how} ${proxy.name}`);
  switch (how) {
    case "cut":
      proxy.cut();
      return;
    case "drop_replies":
      proxy.setMode("drop_replies");
      await sleep(random.between(50, 800));
      break;
    case "freeze":
      proxy.setMode("freeze");
      await sleep(freezeMs(random));
      break;
    case "refuse":
      proxy.setMode("refuse");
      proxy.cut();
      await sleep(random.between(200, 2_500));
      break;
  }
  // What a client was promised and did not get never comes: it finds out by the reset.
  if (how === "drop_replies" || random.chance(0.5)) proxy.cut();
  proxy.setMode("pass");
}
