import { EventEmitter } from "node:events";
import type { Clock } from "../clock.ts";
import type { Settings } from "../config.ts";
import { draftTextOf } from "../draft.ts";
import { draftHash, type Ledger } from "../ledger.ts";
import { createRandom } from "../random.ts";
import type { Intent, Run, Session, StreamError } from "../session-record.ts";
import type { Sessions } from "../sessions.ts";
import { classify } from "./classify.ts";
import { freshMedia } from "./fresh-media.ts";
import { languageOf } from "./language.ts";
import { planRun } from "./plan.ts";
import type { AgentEvent } from "./plan.ts";

/** In a long wait the client hears so often that the run is alive, if this run sends heartbeats at all. */
const HEARTBEAT_EVERY_MS = 15_000;
const HEARTBEAT_SHARE = 0.7;

const prices: Record<Intent["kind"], number> = { generate: 100, reformat: 100, edit: 50, answer: 0 };

/** What a client sees of a run: events, perhaps an error, and the end. A run goes on whether or not anyone listens. */
export type RunFeed = EventEmitter<{ event: [AgentEvent]; error_event: [StreamError]; end: [] }>;

export type PlannedRun = { run: Run; feed: RunFeed };

export type Agent = {
  /** What a message would be taken to mean, and cost. */
  appraise: (session: Session, text: string) => { intent: Intent; credits: number };
  /** Begins a run; the first event comes later than the answer of this call. The caller has made sure that the session has none and can pay. */
  start: (session: Session, text: string, forced: { silent: boolean; streamError: StreamError | null }) => PlannedRun;
  /** Goes on with every run that the last process left behind. */
  resumeAll: () => void;
  /** Stops all runs where they are; they go on when the backend is started again. */
  stop: () => Promise<void>;
};

export type AgentDeps = { seed: string; settings: Settings; sessions: Sessions; ledger: Ledger; clock: Clock };

export function createAgent(deps: AgentDeps): Agent {
  const { seed, settings, sessions, ledger } = deps;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const drive = (session: Session, run: Run): RunFeed => {
    const feed: RunFeed = new EventEmitter();
    const driven = carryOut(deps, session, run, feed, stopping.signal)
      .then((outcome) => settle(deps, session, run, feed, outcome))
      .catch((error: unknown) => {
        // Stopped with the process: the run stays on disk and goes on later, and its stream must not look finished.
        if (stopping.signal.aborted) return;
        feed.emit("error_event", { form: "json", at_event: 0, go_on: false, message: String(error) });
        settle(deps, session, run, feed, "failed");
      })
      .finally(() => underWay.delete(driven));
    underWay.add(driven);
    return feed;
  };
  return {
    appraise,
    start: (session, text, forced) => {
      const { intent, credits } = appraise(session, text);
      const ordinal = session.messages + 1;
      const chance = createRandom(seed, session.id, ordinal, "silent")();
      const run: Run = {
        id: `run_${session.id}_${ordinal}`,
        ordinal,
        text,
        language: languageOf(text),
        intent,
        credits,
        silent: forced.silent || (intent.kind === "edit" && chance < settings.silentShare),
        asksDrag: asksDrag(deps, session, ordinal),
        streamError: forced.streamError,
        changesDone: 0,
      };
      Object.assign(session, { run, messages: ordinal });
      sessions.save(session);
      const kind = intent.kind === "edit" ? intent.edits.map((edit) => edit.kind).join("+") : intent.kind;
      ledger.append({
        type: "message",
        run: run.id,
        session: session.id,
        account: session.accountId,
        text,
        intent: kind,
        credits,
      });
      return { run, feed: drive(session, run) };
    },
    resumeAll: () => {
      for (const session of sessions.withRun()) if (session.run !== null) drive(session, session.run);
    },
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(underWay);
    },
  };
}

function asksDrag({ seed, settings: { dragShare } }: AgentDeps, session: Session, ordinal: number): boolean | null {
  return dragShare === null ? null : createRandom(seed, session.id, ordinal, "drag")() < dragShare;
}

function appraise(session: Session, text: string): { intent: Intent; credits: number } {
  const timeline = { exists: session.project !== null, hasFreshMedia: freshMedia(session).length > 0 };
  const intent = classify(text, timeline);
  return { intent, credits: prices[intent.kind] };
}

/** Takes the steps of a run one after another. Rejects with an `AbortError` when the process stops it. */
async function carryOut(
  deps: AgentDeps,
  session: Session,
  run: Run,
  feed: RunFeed,
  signal: AbortSignal,
): Promise<"done" | "failed"> {
  const { seed, settings, sessions, ledger, clock } = deps;
  const sound = createRandom(seed, session.id, run.ordinal, "sound");
  const sendsHeartbeats = sound() < HEARTBEAT_SHARE;
  const isMute = run.silent && sound() < HEARTBEAT_SHARE / 2;
  let eventsShown = 0;
  let changesPassed = 0;
  let failed = false;

  const show = (event: AgentEvent) => {
    if (isMute || (run.silent && (event.type === "piece" || event.type === "whole"))) return;
    if (run.streamError !== null && eventsShown === run.streamError.at_event) {
      feed.emit("error_event", run.streamError);
      failed = !run.streamError.go_on;
    }
    eventsShown += 1;
    if (!failed) feed.emit("event", event);
  };
  const wait = async (waitMs: number) => {
    for (let leftMs = waitMs; leftMs > 0; leftMs -= HEARTBEAT_EVERY_MS) {
      await clock.sleep(Math.min(leftMs, HEARTBEAT_EVERY_MS) / settings.speed, signal);
      if (leftMs > HEARTBEAT_EVERY_MS && sendsHeartbeats) show({ type: "heartbeat" });
    }
  };

  await clock.sleep(0, signal);
  for (const step of planRun(seed, session, run, clock.nowMs)) {
    if ("change" in step) changesPassed += 1;
    // What was done before a restart is not done again; nor is it told, since nobody listens to it any more.
    if (changesPassed < run.changesDone || ("change" in step && changesPassed === run.changesDone)) continue;
    await wait(step.waitMs);
    if ("event" in step) show(step.event);
    else {
      run.changesDone = changesPassed;
      Object.assign(session, step.change(session));
      sessions.save(session);
      const draftSha256 = draftHash(draftTextOf(session, settings.dialect));
      ledger.append({
        type: "change",
        run: run.id,
        session: session.id,
        stage: changesPassed,
        draft_sha256: draftSha256,
      });
    }
    if (failed) return "failed";
  }
  return "done";
}

/** The run is over and paid for, in one write. One that failed before it changed anything is free. */
function settle(deps: AgentDeps, session: Session, run: Run, feed: RunFeed, outcome: "done" | "failed"): void {
  const { sessions, ledger, clock } = deps;
  const credits = outcome === "failed" && run.changesDone === 0 ? 0 : run.credits;
  Object.assign(session, { run: null, spentCredits: session.spentCredits + credits, usedMs: clock.nowMs() });
  sessions.save(session);
  ledger.append({ type: "run_ended", run: run.id, session: session.id, outcome, silent: run.silent, credits });
  feed.emit("end");
}
