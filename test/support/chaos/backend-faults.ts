import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandom } from "../seeded-random.ts";
import type { Tally } from "./injuries.ts";
import { backendToken } from "./stack.ts";

type Fault = { endpoint: string } & Record<string, unknown>;

/** Ways in which the local backend misbehaves (docs/local-backend.md), each for one call. */
const faults: readonly [Fault, ...Fault[]] = [
  { endpoint: "message", reset_before: true },
  { endpoint: "message", reset_after: true },
  { endpoint: "message", cut_at_event: 0 },
  { endpoint: "message", cut_at_event: 3 },
  { endpoint: "message", cut_after_bytes: 200 },
  { endpoint: "message", status: 500, after_work: true },
  { endpoint: "message", status: 503 },
  { endpoint: "message", status: 429 },
  { endpoint: "message", code: 2001 },
  { endpoint: "message", delay_ms: 1_500 },
  { endpoint: "message", silent: true },
  { endpoint: "message", stream_error: { form: "json", at_event: 1 } },
  { endpoint: "message", stream_error: { form: "unescaped", at_event: 1, go_on: true } },
  { endpoint: "session", status: 503 },
  { endpoint: "session", reset_before: true },
  { endpoint: "session", reset_after: true },
  { endpoint: "state", status: 500 },
  { endpoint: "state", reset_before: true },
  { endpoint: "state", cut_after_bytes: 20 },
  { endpoint: "credits", status: 500 },
  { endpoint: "upload", status: 503 },
  { endpoint: "upload", reset_before: true },
  { endpoint: "render_submit", reset_before: true },
  { endpoint: "render_submit", reset_after: true },
  { endpoint: "render_submit", status: 503 },
  { endpoint: "render_submit", status: 500, after_work: true },
  { endpoint: "render_submit", render_fail: true },
  { endpoint: "render_submit", broken_video: true },
  { endpoint: "render_submit", render_slow_ms: 3_000 },
  { endpoint: "render_status", status: 500 },
  { endpoint: "render_status", reset_before: true },
  { endpoint: "render_status", delay_ms: 1_000 },
  { endpoint: "render_status", status: 429 },
  { endpoint: "cancel", status: 500 },
  { endpoint: "cancel", reset_after: true },
  { endpoint: "cdn", status: 403 },
  { endpoint: "cdn", cut_after_bytes: 1_000 },
  { endpoint: "download", status: 500 },
];

/** Arms one fault after another, each at one of the next calls of its endpoint, until `signal` aborts; then disarms what is left. */
export async function misbehave(
  backendUrl: string,
  random: SeededRandom,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const control = async (method: "POST" | "DELETE", path: string, body: object): Promise<void> => {
    const headers = { "content-type": "application/json" };
    await fetch(new URL(`/__local/${path}`, backendUrl), { method, headers, body: JSON.stringify(body) });
  };
  // More than before, which is what jobs without credits wait for.
  let credits = 2_000_000_000;
  const topUp = async (): Promise<void> => {
    credits += 1_000_000;
    await control("POST", "settings", { account: { token: backendToken, credits } });
  };
  while (!signal.aborted) {
    const fault = random.pick(faults);
    const { endpoint, ...effect } = fault;
    tally.note(`backend ${endpoint}: ${Object.keys(effect).join(", ")}`);
    await control("POST", "faults", { ...fault, nth: random.between(1, 4) });
    await sleep(random.between(300, 1_500), undefined, { signal }).catch(() => undefined);
    if (random.chance(0.2)) await topUp();
  }
  await control("DELETE", "faults", {});
}
