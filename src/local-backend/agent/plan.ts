import type { Project } from "../project.ts";
import { between, bigId, createRandom, pick } from "../random.ts";
import type { Random } from "../random.ts";
import type { Run, Session } from "../session-record.ts";
import { applyEdit, finish, firstCut, reformat } from "./edit.ts";
import type { Making } from "./edit.ts";
import { mediaOfMessage } from "./fresh-media.ts";
import { closingReply, speak } from "./replies.ts";

/** What a run lets its client see, before it takes the form of a dialect. `whole` repeats the pieces since the last one. */
export type AgentEvent =
  | { type: "piece"; text: string }
  | { type: "whole"; text: string; call: ToolCall | null }
  | { type: "thought"; text: string }
  | { type: "call"; call: ToolCall }
  | { type: "result"; name: string; response: Record<string, unknown> }
  | { type: "heartbeat" };

export type ToolCall = { name: string; args: Record<string, unknown> };

/** One step of a run: wait, then show something, or change the timeline. */
export type Step = { waitMs: number } & (
  | { event: AgentEvent }
  | { change: (session: Session) => Pick<Session, "project" | "generated" | "lastGeneration"> }
);

const TEMPORARY_ISSUE_SHARE = 0.15;

/** How long a run takes, in ms at speed 1. */
const lengthsMs = {
  answer: [5_000, 15_000],
  edit: [10_000, 30_000],
  generate: [100_000, 300_000],
  reformat: [100_000, 300_000],
} as const;

/**
 * The steps of a run, in order. The same run of the same session gives the same steps, ids included, so that a restarted
 * backend can skip those that are done. It reads the session's timeline as it is when a step is asked for.
 */
export function* planRun(seed: string, session: Session, run: Run, nowMs: () => number): Generator<Step> {
  const random = createRandom(seed, session.id, run.ordinal, "plan");
  const [shortestMs, longestMs] = lengthsMs[run.intent.kind];
  const totalMs = between(random, shortestMs, longestMs);
  const say = speak(run.language);
  yield { waitMs: totalMs * 0.02, event: { type: "thought", text: say.thinking(run.text) } };
  switch (run.intent.kind) {
    case "generate":
    case "reformat":
      yield* generation(session, run, random, totalMs, nowMs);
      break;
    case "edit":
      yield* edit(session, run, totalMs);
      break;
    case "answer":
      yield { waitMs: totalMs * 0.6, event: { type: "heartbeat" } };
  }
  const reply = closingReply(run, session.project, random);
  yield* speech(reply, totalMs * 0.03, random);
  if (random() < TEMPORARY_ISSUE_SHARE) yield* speech(say.temporaryIssue, totalMs * 0.01, random);
}

/** Two stages: the raw clip, then what makes it a video. */
function* generation(
  session: Session,
  run: Run,
  random: Random,
  totalMs: number,
  nowMs: () => number,
): Generator<Step> {
  const { intent, language } = run;
  const say = speak(language);
  const making = { random: createRandom(run.id, "first"), language };
  yield* speech(say.opening, totalMs * 0.02, random, {
    name: "generate_video",
    args: { prompt: run.text.slice(0, 200) },
  });
  yield {
    waitMs: totalMs * 0.55,
    change: (before) => {
      const made = rawClip(run, before, making);
      const generated = [...before.generated, generatedClip("video", made.project, making.random, nowMs)];
      return { ...made, generated };
    },
  };
  yield { waitMs: 0, event: { type: "result", name: "generate_video", response: { status: "success" } } };
  if (session.project !== null) yield* speech(say.firstCut(session.project), totalMs * 0.01, random);
  yield { waitMs: 0, event: { type: "call", call: { name: "add_music_and_effects", args: {} } } };
  const finishing = { random: createRandom(run.id, "finish"), language };
  yield {
    waitMs: totalMs * 0.25,
    change: ({ project, generated, lastGeneration }) => {
      if (project === null || intent.kind !== "generate") return { project, generated, lastGeneration };
      const made = finish(project, intent.wishes, finishing);
      const clip = generatedClip("audio", made, finishing.random, nowMs);
      return { project: made, generated: [...generated, clip], lastGeneration };
    },
  };
  yield { waitMs: 0, event: { type: "result", name: "add_music_and_effects", response: { status: "success" } } };
}

function rawClip(
  { intent, text, ordinal }: Run,
  before: Session,
  making: Making,
): { project: Project; lastGeneration: number } {
  const { project, lastGeneration } = before;
  if (intent.kind === "reformat" && project !== null)
    return { project: reformat(project, intent.widthPx, intent.heightPx, making), lastGeneration };
  const wishes = intent.kind === "generate" ? intent.wishes : noWishes;
  return { project: firstCut(text, mediaOfMessage(ordinal, before), wishes, making), lastGeneration: ordinal };
}

const noWishes = { widthPx: null, heightPx: null, durationMs: null, music: null, volume: null, title: null };

function generatedClip(
  kind: "video" | "audio",
  project: Project,
  random: Random,
  nowMs: () => number,
): Session["generated"][number] {
  return { id: bigId(random), kind, name: project.name, createdMs: nowMs() };
}

function* edit(session: Session, run: Run, totalMs: number): Generator<Step> {
  const { intent, language } = run;
  if (intent.kind !== "edit" || session.project === null) return;
  const making = { random: createRandom(run.id, "edit"), language };
  yield {
    waitMs: totalMs * 0.1,
    event: { type: "call", call: { name: "edit_timeline", args: { edits: intent.edits.map(({ kind }) => kind) } } },
  };
  yield {
    waitMs: totalMs * 0.5,
    change: ({ project, generated, lastGeneration }) => ({
      project: project && intent.edits.reduce((before, one) => applyEdit(before, one, making), project),
      generated,
      lastGeneration,
    }),
  };
  yield { waitMs: 0, event: { type: "result", name: "edit_timeline", response: { status: "success" } } };
}

/** A text in pieces, then once more as a whole. */
function* speech(text: string, waitMs: number, random: Random, call: ToolCall | null = null): Generator<Step> {
  const pieces = piecesOf(text, random);
  for (const piece of pieces) yield { waitMs: waitMs / pieces.length, event: { type: "piece", text: piece } };
  yield { waitMs: 0, event: { type: "whole", text, call } };
}

function piecesOf(text: string, random: Random): string[] {
  const pieces: string[] = [];
  const characters = Array.from(text);
  while (characters.length > 0) pieces.push(characters.splice(0, pick(random, [8, 12, 20, 28])).join(""));
  return pieces;
}
