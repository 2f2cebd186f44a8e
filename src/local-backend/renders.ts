import type { Clock } from "./clock.ts";
import { draftHash, type Ledger, type LedgerFact } from "./ledger.ts";
import { ProtocolError } from "./protocol-error.ts";
import { renderVideo } from "./render/render.ts";
import { openRenderFiles } from "./render-record.ts";
import type { Render, RenderFiles } from "./render-record.ts";
import { createTurns } from "./turns.ts";
import type { Turns } from "./turns.ts";

const MAX_ERROR_CHARS = 500;

export type RenderRequest = Pick<
  Render,
  "id" | "sessionId" | "accountId" | "draftUnchanged" | "quality" | "fails" | "slowMs" | "broken"
> & { draftText: string };

export type Renders = {
  /** Throws `conflict` when the id exists ('already exists'), or when the session has another one under way. */
  submit: (request: RenderRequest) => Render;
  /** Throws `not_found`, also for one of another account. */
  find: (id: string, accountId: string) => Render;
  /** Settles once the render has ended, canceled or not. */
  cancel: (render: Render) => Promise<void>;
  videoPath: (id: string) => string;
  /** Renders anew, in the old order, what the last process left behind. */
  resumeAll: () => void;
  /** Ends ffmpeg. What was under way stays on disk as it was. */
  stop: () => Promise<void>;
};

export type RendersDeps = { dir: string; mediaDir: string; ffmpegPath: string; ledger: Ledger; clock: Clock };

/** Exports: one ffmpeg at a time, in the order they came in. */
export function openRenders(deps: RendersDeps): Renders {
  const files = openRenderFiles(deps.dir);
  const turns = createTurns();
  const byId = new Map(files.readAll().map((render) => [render.id, render]));
  const underWay = new Map<string, { aborter: AbortController; done: Promise<void> }>();
  const stopping = new AbortController();

  const begin = (render: Render) => {
    const aborter = new AbortController();
    const signals = { canceled: aborter.signal, stopped: stopping.signal };
    const done = carryOut({ ...deps, files, turns }, render, signals).finally(() => underWay.delete(render.id));
    underWay.set(render.id, { aborter, done });
  };

  return {
    submit: ({ draftText, ...request }) => {
      if (byId.has(request.id)) throw new ProtocolError("conflict", `Render ${request.id} already exists`);
      const active = [...byId.values()].find((render) => render.sessionId === request.sessionId && isActive(render));
      if (active) throw new ProtocolError("conflict", `The session has an active export: ${active.id}`);
      const draftSha256 = draftHash(draftText);
      const fresh = { status: "pending", progress: 0, error: null, createdMs: deps.clock.nowMs() } as const;
      const render: Render = { ...request, ...fresh, draftSha256 };
      files.writeDraft(render.id, draftText);
      files.save(render);
      byId.set(render.id, render);
      note(deps.ledger, render, "submitted");
      begin(render);
      return render;
    },
    find: (id, accountId) => {
      const render = byId.get(id);
      if (render?.accountId !== accountId) throw new ProtocolError("not_found", `Render not found: ${id}`);
      return render;
    },
    cancel: async ({ id }) => {
      const active = underWay.get(id);
      active?.aborter.abort();
      await active?.done;
    },
    videoPath: files.videoPath,
    resumeAll: () => {
      const left = [...byId.values()].filter(isActive);
      for (const render of left.toSorted((one, other) => one.createdMs - other.createdMs)) {
        files.save(Object.assign(render, { status: "pending", progress: 0 }));
        note(deps.ledger, render, "restarted");
        begin(render);
      }
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([...underWay.values()].map(({ done }) => done));
    },
  };
}

type CarryOutDeps = RendersDeps & { files: RenderFiles; turns: Turns };

/** Takes a render to its end. Never rejects; when the process stops it, the record is left as it was. */
async function carryOut(
  deps: CarryOutDeps,
  render: Render,
  { canceled, stopped }: { canceled: AbortSignal; stopped: AbortSignal },
): Promise<void> {
  const { files, turns, ledger, clock } = deps;
  const signal = AbortSignal.any([canceled, stopped]);
  try {
    if (render.fails) files.save(Object.assign(render, { status: "processing", progress: 40 }));
    else await turns(signal, () => renderWithFfmpeg(deps, render, signal));
    await clock.sleep(render.slowMs, signal);
    if (render.fails) throw new Error("Rendering failed on a worker");
    if (render.broken) files.breakVideo(render.id);
    files.save(Object.assign(render, { status: "completed", progress: 100 }));
    note(ledger, render, "completed");
  } catch (error) {
    if (stopped.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    const reason = canceled.aborted ? "Canceled" : message.slice(0, MAX_ERROR_CHARS);
    files.save(Object.assign(render, { status: "failed", error: reason }));
    note(ledger, render, canceled.aborted ? "canceled" : "failed");
  }
}

async function renderWithFfmpeg(
  { files, mediaDir, ffmpegPath }: CarryOutDeps,
  render: Render,
  signal: AbortSignal,
): Promise<void> {
  files.save(Object.assign(render, { status: "processing" }));
  await renderVideo({
    draftText: files.readDraft(render.id),
    mediaDir,
    outPath: files.videoPath(render.id),
    quality: render.quality,
    ffmpegPath,
    onProgress: (percent) => {
      render.progress = Math.min(99, Math.max(render.progress, Math.floor(percent)));
    },
    signal,
  });
}

function note(ledger: Ledger, render: Render, event: Extract<LedgerFact, { type: "render" }>["event"]): void {
  const { id, sessionId, draftSha256, draftUnchanged } = render;
  const draft = { draft_sha256: draftSha256, draft_unchanged: draftUnchanged };
  ledger.append({ type: "render", render: id, session: sessionId, event, ...draft });
}

function isActive({ status }: Render): boolean {
  return status === "pending" || status === "processing";
}
