import { BackendError } from "../backend-client/backend-error.ts";
import type { RenderStatus } from "../backend-client/render.ts";
import type { BackendSession } from "../backend-client/session.ts";
import { JobFailure } from "../domain/failure.ts";
import type { NewId } from "../domain/id.ts";
import type { Made } from "../domain/job.ts";
import { making } from "../domain/transition.ts";
import type { FileRecords } from "../queue/file-records.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { Storage } from "../storage/folder-storage.ts";
import { existingBackendSession, isSessionGone, type SessionDeps } from "./backend-session.ts";
import { fetchVideo } from "./finished-video.ts";
import { reportProgress } from "./progress.ts";
import type { StageOutcome, StageRun } from "./stage.ts";
import { keepTimeline, maxDraftBytes } from "./timeline-reading.ts";
import type { Timings } from "./timings.ts";

export type ExportStageDeps = SessionDeps & {
  storage: Storage;
  files: FileRecords;
  timings: Timings;
  newId: NewId;
  now: () => number;
};

type Render = NonNullable<Made["render"]>;

const maxRenderAttempts = 2;

/**
 * Renders the session's timeline. The render's id is recorded before it is submitted; from then on its status is asked for, one
 * look per run, and a crash at any point finds it again:
 *
 *     id recorded ──► submit ──► look every 30 s ──► completed: download, prove that it plays, done
 *                       ▲             ├──► not found, and again 30 s later: submit the same id
 *                       └─────────────┴──► failed: once more under a new id
 *
 * Should the session be gone by then, the draft that was kept is rendered in a new one.
 */
export function createExportStage(deps: ExportStageDeps): StageRun {
  const { backend, storage, languages, timings, newId, now } = deps;

  return async function runExport(claim, signal) {
    const { render } = claim.job.made;
    const session = render?.session ? { ...render.session, skill: claim.job.skill } : existingBackendSession(claim);
    if (render === null) return await startRender(claim, session, 1, signal);
    const status = await backend.renderStatus({ session, renderId: render.id, signal });
    return await afterLook(claim, session, render, status, signal);
  };

  async function startRender(
    claim: Claim,
    session: BackendSession,
    attempt: number,
    signal: AbortSignal,
  ): Promise<StageOutcome> {
    const { made } = claim.job;
    const timeline = made.timeline ?? (await readTimeline(claim, session, signal));
    const render: Render = {
      startedAtMs: now(),
      ...made.render,
      id: newId("render"),
      attempt,
      acceptedAtMs: null,
      notFoundSinceMs: null,
    };
    await claim.update((job) => making(job, { render, timeline }));
    return await submit(claim, session, render, signal);
  }

  async function submit(
    claim: Claim,
    session: BackendSession,
    render: Render,
    signal: AbortSignal,
  ): Promise<StageOutcome> {
    const { timeline } = claim.job.made;
    if (timeline === null) throw new Error(`${claim.job.id} has a render and no draft`);
    const draftText = await storage.readText(timeline.draftKey, maxDraftBytes);
    const { format, quality } = claim.job.output;
    try {
      await backend.submitRender({ session, renderId: render.id, draftText, output: { format, quality }, signal });
    } catch (error) {
      if (isSessionGone(error) && render.session === undefined) return await submitElsewhere(claim, render, signal);
      // Whether it was accepted is open: its status will tell.
      if (error instanceof BackendError && error.isPassing) return { kind: "again", afterMs: timings.pollEveryMs };
      throw error;
    }
    await claim.update((job) => making(job, { render: { ...render, acceptedAtMs: now(), notFoundSinceMs: null } }));
    await reportProgress(claim, 0.05);
    return { kind: "again", afterMs: timings.pollEveryMs };
  }

  /** The job's own session stays as it is, gone: whoever builds on what was in it must learn of that. */
  async function submitElsewhere(claim: Claim, render: Render, signal: AbortSignal): Promise<StageOutcome> {
    const language = await languages.ofVideo(claim.job);
    const session = await backend.createSession({ skill: claim.job.skill, language, signal });
    const { backendSessionId, identityId, userId } = session;
    const moved = { ...render, session: { backendSessionId, identityId, userId } };
    await claim.update((job) => making(job, { render: moved }));
    return await submit(claim, session, moved, signal);
  }

  async function afterLook(
    claim: Claim,
    session: BackendSession,
    render: Render,
    status: RenderStatus,
    signal: AbortSignal,
  ): Promise<StageOutcome> {
    switch (status.status) {
      case "completed":
        return await finish(claim, session, render, status.outputUrl, signal);
      case "failed":
        return await renderAgain(
          claim,
          session,
          render,
          new JobFailure("render_failed", `It failed ${maxRenderAttempts} times.`),
          signal,
        );
      case "pending":
      case "processing":
        assertWithinDeadline(render);
        await reportProgress(claim, 0.05 + (status.progress / 100) * 0.85);
        return { kind: "again", afterMs: timings.pollEveryMs };
      case "not_found":
        return await afterNotFound(claim, session, render, signal);
    }
  }

  async function finish(
    claim: Claim,
    session: BackendSession,
    render: Render,
    outputUrl: string | null,
    signal: AbortSignal,
  ): Promise<StageOutcome> {
    await reportProgress(claim, 0.95);
    try {
      const video = await fetchVideo(deps, { claim, session, renderId: render.id, outputUrl, signal });
      return { kind: "done", made: { video } };
    } catch (error) {
      if (!(error instanceof JobFailure) || !["video_broken", "render_failed"].includes(error.code)) throw error;
      return await renderAgain(claim, session, render, error, signal);
    }
  }

  /** Protocol: a failed render is tried again once, under a new id; one whose video does not play, or is not there, has failed too. */
  async function renderAgain(
    claim: Claim,
    session: BackendSession,
    render: Render,
    failure: JobFailure,
    signal: AbortSignal,
  ): Promise<StageOutcome> {
    if (render.attempt >= maxRenderAttempts) throw failure;
    return await startRender(claim, session, render.attempt + 1, signal);
  }

  async function afterNotFound(
    claim: Claim,
    session: BackendSession,
    render: Render,
    signal: AbortSignal,
  ): Promise<StageOutcome> {
    assertWithinDeadline(render);
    const sinceMs = render.notFoundSinceMs;
    if (sinceMs !== null && now() - sinceMs >= timings.pollEveryMs) return await submit(claim, session, render, signal);
    if (sinceMs === null) await claim.update((job) => making(job, { render: { ...render, notFoundSinceMs: now() } }));
    return { kind: "again", afterMs: timings.pollEveryMs };
  }

  /** Whoever records the failure cancels the render. */
  function assertWithinDeadline(render: Render): void {
    if (now() - render.startedAtMs <= timings.renderDeadlineMs) return;
    const minutes = Math.round(timings.renderDeadlineMs / 60_000);
    throw new JobFailure(
      "deadline_exceeded",
      `The render was not finished after ${minutes} minutes, and was cancelled.`,
    );
  }

  async function readTimeline(
    claim: Claim,
    session: BackendSession,
    signal: AbortSignal,
  ): Promise<NonNullable<Made["timeline"]>> {
    try {
      const state = await backend.readState({ session, signal });
      const language = await languages.ofCaller(claim.job);
      const timeline = await keepTimeline(storage, claim.job, state, language);
      if (timeline === null) throw new JobFailure("nothing_to_export");
      return timeline;
    } catch (error) {
      const kept = isSessionGone(error) ? await claim.keptTimeline() : null;
      if (kept === null) throw error;
      return kept;
    }
  }
}
