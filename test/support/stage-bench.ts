import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { BackendConfig } from "../../src/backend-client/backend.ts";
import type { BackendLimits } from "../../src/backend-client/limits.ts";
import { describeFailure } from "../../src/domain/failure.ts";
import type { QueuedJob } from "../../src/domain/job.ts";
import type { FileId } from "../../src/domain/id.ts";
import { recogniseFile } from "../../src/storage/file-kind.ts";
import { createFolderStorage, type Storage } from "../../src/storage/folder-storage.ts";
import { expectCredentialsAtOriginOnly } from "./credentials.ts";
import type { Settings } from "../../src/local-backend/config.ts";
import { startBackend, TOKEN, type TestBackend } from "./local-backend.ts";
import { connect } from "./scripted-backend.ts";
import { newFileId } from "./queued-job.ts";
import { createStageRunner, type Ran } from "./stage-runner.ts";
import { tempFolder } from "./temp-folder.ts";

/**
 * So long the client waits for what does not come, where faults make it wait. What comes late on a slow machine is then one
 * more fault, and has to be borne like the others.
 */
export const quickLimits = {
  callTimeoutMs: 300,
  uploadTimeoutMs: 300,
  downloadTimeoutMs: 300,
  streamIdleMs: 300,
};

const instruction = "Make a 1 second video. Resolution 64x36. City lights.";

const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export type Fault = { endpoint: string; nth?: number } & Record<string, unknown>;
type LedgerEntry = Record<string, unknown>;

/** A local backend, and the service's stages at work on it. One bench serves many jobs, each in a session of its own. */
export async function startBench(
  dialect: "first" | "last",
  {
    config = { token: TOKEN },
    limits = {},
    settings = {},
    newsEveryMs,
    lookLimitMs,
  }: {
    config?: Partial<BackendConfig>;
    limits?: Partial<BackendLimits>;
    settings?: Partial<Settings>;
    newsEveryMs?: number;
    lookLimitMs?: number;
  } = {},
) {
  const local = await startBackend({ settings: { dialect, speed: 20_000, ...settings } });
  const client = connect(local.url, {
    config,
    limits: { rateLimitWaitMs: 1, ...limits },
    newClientId: () => crypto.randomUUID(),
  });
  const storage = await createFolderStorage({ dir: await tempFolder() });
  const accepted = async () => (await local.ledger("message")).length;
  const runner = createStageRunner({
    backend: client.backend,
    storage,
    accepted,
    rest: async () => await atRest(local),
    ...(newsEveryMs !== undefined && { newsEveryMs }),
    ...(lookLimitMs !== undefined && { lookLimitMs }),
  });

  /** A file that a job can name among its own, recognised as the API does. */
  async function addFile(name: string, content: string | Buffer): Promise<FileId> {
    const id = newFileId();
    const { key, ...stored } = await storage.put("file", content, { maxBytes: 100_000_000 });
    const recognised = await recogniseFile(storage.pathOf(key));
    if (recognised === null) throw new Error(`${name} is recognised as nothing`);
    const { mime, kind } = recognised;
    await runner.files.save({ id, tenant: "default", name, mime, kind, createdAtMs: 0, ...stored, storageKey: key });
    return id;
  }
  const addPicture = async (): Promise<FileId> => await addFile("dot.png", picture);

  /** Runs a job to its end, with each fault at the next call of its endpoint, and sees that it was sound. */
  async function run(job: Partial<QueuedJob>, faults: Fault[], backendSession: Ran["backendSession"] = null) {
    const before = (await local.ledger()).length;
    await local.call("DELETE", "/__local/faults");
    for (const fault of inTurn(faults)) expect((await local.fault(fault)).status).toBe(201);
    const ran = await runner.run(job, backendSession);
    await local.call("DELETE", "/__local/faults");
    await atRest(local);
    const ledger = (await local.ledger()).slice(before);
    expectSound(ran, ledger);
    await expectDraftUnchanged(ran, ledger, storage);
    return { ...ran, ledger, code: ran.job.status === "failed" ? ran.job.error.code : ran.job.status };
  }

  const generate = async (
    job: Partial<QueuedJob>,
    faults: Fault[],
    files: FileId[] = [],
    known: Ran["backendSession"] = null,
  ) => await run({ ...job, input: { textKey: null, files, urls: [], instruction } }, faults, known);

  /** A session on the backend that holds something to export. */
  async function sessionWithTimeline(): Promise<Ran["backendSession"]> {
    const { code, backendSession } = await generate({ plan: ["generate"] }, []);
    expect(code).toBe("succeeded");
    return backendSession;
  }

  return { ...client, generate, sessionWithTimeline, local, storage, addFile, addPicture, run };
}

/** The second of two faults at one endpoint meets the call after the one that the first met. */
function inTurn([first, second]: readonly Fault[]): Fault[] {
  if (first === undefined) return [];
  if (second === undefined) return [first];
  return second.endpoint === first.endpoint ? [first, { ...second, nth: (first.nth ?? 1) + 1 }] : [first, second];
}

/** Waits until the backend has no run and no render under way. */
async function atRest(local: TestBackend): Promise<void> {
  for (;;) {
    const entries = await local.ledger();
    const count = (type: string, ...events: unknown[]) =>
      entries.filter((entry) => entry["type"] === type && (events.length === 0 || events.includes(entry["event"])))
        .length;
    const ended = count("render", "completed", "failed", "canceled");
    if (count("message") === count("run_ended") && count("render", "submitted") === ended) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What must hold whatever went wrong. */
function expectSound(ran: Ran, ledger: LedgerEntry[]): void {
  const { job, sends, events, renderIds } = ran;
  const of = (type: string) => ledger.filter((entry) => entry["type"] === type);
  // Of one job these are two only where its reply asked for an edit, and the edit is another message.
  const messages = of("message").map(({ text }) => text);
  expect(messages.length, "messages received").toBeLessThanOrEqual(job.made.edit === null ? 1 : 2);
  expect(new Set(messages).size, "no message is received twice").toBe(messages.length);
  for (const { outcome, accepted } of sends)
    if (outcome.kind === "not_sent" || outcome.kind === "not_run") expect(accepted, outcome.kind).toBe(0);

  const submitted = of("render").filter(({ event }) => event === "submitted");
  const submittedIds = submitted.map(({ render }) => String(render));
  expect(new Set(submittedIds).size, "no render is submitted twice").toBe(submittedIds.length);
  for (const id of submittedIds) expect(renderIds, "no render is orphaned").toContain(id);

  if (job.status === "failed" && describeFailure(job.error.code).advice.includes("nothing was charged"))
    expect(of("message")).toEqual([]);
  if (job.status === "succeeded" && job.plan.includes("generate"))
    expect(of("run_ended").map(({ outcome }) => outcome)).toEqual(
      job.plan.flatMap((stage) => (stage === "generate" ? ["done"] : [])),
    );
  if (job.status === "succeeded" && job.plan.includes("export")) expect(job.made.video?.frames).toBeGreaterThan(0);
  expect(JSON.stringify([events, job])).not.toMatch(new RegExp(`${TOKEN}|nmv_usr|Told to answer|function_?call`, "i"));
  expectCredentialsAtOriginOnly(ledger);
}

/** The draft that was submitted is byte for byte the one that was kept and, where its session is still there, the state's. */
async function expectDraftUnchanged({ job: { made } }: Ran, ledger: LedgerEntry[], storage: Storage): Promise<void> {
  if (made.render === null || made.timeline === null) return;
  const kept = await storage.readText(made.timeline.draftKey, 1_000_000);
  const draft_sha256 = createHash("sha256").update(kept).digest("hex");
  for (const entry of ledger.filter(({ type }) => type === "render"))
    expect(entry).toMatchObject({ draft_sha256, draft_unchanged: made.render.session === undefined });
}
