import { createReadStream } from "node:fs";
import { JobFailure } from "../domain/failure.ts";
import type { FileId } from "../domain/id.ts";
import type { Prepared, RunningJob } from "../domain/job.ts";
import { requestLimits } from "../domain/job-request.ts";
import { formatOf, formatsInWords, type InputFormat } from "../domain/media-type.ts";
import { skillNamed } from "../domain/skill.ts";
import type { FileRecord, FileRecords } from "../queue/file-records.ts";
import type { Claim } from "../queue/job-claim.ts";
import type { Storage } from "../storage/folder-storage.ts";
import { storageKey } from "../storage/storage-key.ts";
import { reportProgress } from "./progress.ts";
import { createTimeBudget, type TimeBudget } from "./time-budget.ts";
import { lookAtUrl, type UrlInputDeps } from "./url-input.ts";

/** What turns inputs that the backend does not take into those that it does. Its failures are `JobFailure`s. */
export type Converter = {
  documentText(
    document: { path: string; mime: string; name: string; charset?: string },
    signal: AbortSignal,
  ): Promise<{ text: string; title: string | null }>;
  jpegOf(photo: { path: string; name: string }, targetPath: string, signal: AbortSignal): Promise<unknown>;
};

export type PrepareDeps = UrlInputDeps & {
  files: FileRecords;
  storage: Storage;
  converter: Converter;
  lookLimitMs?: number;
};

type Medium = Prepared["media"][number];
/** One of the job's inputs, as what it is for the backend: words, or something to see or hear. */
type PreparedInput = { words: string } | { medium: Medium };
/** An input whose bytes are at hand. `at` is its place among the job's inputs. */
type LocalInput = {
  path: string;
  /** In errors. Of a URL it holds no more than the host: the rest may be all that it takes to fetch it. */
  name: string;
  uploadName: string;
  format: InputFormat;
  charset?: string;
  at: number;
};

const maxScriptBytes = requestLimits.textChars * 4;
const maxJpegBytes = 256 * 1024 * 1024;
/** For all addresses of a job together, so that slow ones hold no worker for long. Conversions have limits of their own. */
const lookLimitMs = 15 * 60_000;

/**
 * Turns the job's inputs into what the backend takes: documents and pages into words, HEIC into JPG; the rest stays as it is.
 * Costs nothing and touches no session. Keys follow from the job's id, so that doing it again after a crash replaces the first.
 */
export async function prepareInputs(deps: PrepareDeps, claim: Claim, signal: AbortSignal): Promise<Prepared> {
  const { input, id } = claim.job;
  const lookTime = createTimeBudget(deps.lookLimitMs ?? lookLimitMs, signal, tooSlow);
  const words = input.textKey === null ? [] : [await deps.storage.readText(input.textKey, maxScriptBytes)];
  const media: Medium[] = [];
  const add = (prepared: PreparedInput, name: string): void => {
    if ("medium" in prepared) return void media.push(prepared.medium);
    words.push(prepared.words);
    assertScriptFits(words, name);
  };
  for (const [at, fileId] of input.files.entries()) {
    const file = await loadFile(deps, claim.job, fileId);
    add(await prepareFile(deps, claim, file, at, signal), file.name);
  }
  for (const [index, url] of input.urls.entries()) {
    const at = input.files.length + index;
    const label = `input.urls[${index}] (${new URL(url).host})`;
    add(await prepareUrl(deps, claim, { url, label, at, lookTime }, signal), label);
  }
  const hasNewWords = words.length > (input.textKey === null ? 0 : 1);
  return { scriptKey: hasNewWords ? await keepScript(deps.storage, id, words) : input.textKey, media };
}

async function prepareFile(
  deps: PrepareDeps,
  claim: Claim,
  file: FileRecord,
  at: number,
  signal: AbortSignal,
): Promise<PreparedInput> {
  const { name, mime } = file;
  const format = formatOf(mime);
  if (format === null) {
    const accepted = formatsInWords("as_is", "to_jpg", "to_text");
    throw new JobFailure("file_type_not_supported", `${name} is ${mime}. Accepted are ${accepted}.`);
  }
  if (format.use === "as_is") return { medium: { from: "storage", storageKey: file.storageKey, name, mime } };
  await reportProgress(claim, 0, `Reading ${name}`);
  return await convert(
    deps,
    claim.job,
    { path: deps.storage.pathOf(file.storageKey), name, uploadName: name, format, at },
    signal,
  );
}

async function prepareUrl(
  deps: PrepareDeps,
  claim: Claim,
  { url, label, at, lookTime }: { url: string; label: string; at: number; lookTime: TimeBudget },
  signal: AbortSignal,
): Promise<PreparedInput> {
  await reportProgress(claim, 0, `Looking at ${new URL(url).host}`);
  const maxBytes = skillNamed(claim.job.skill).largestFileBytes;
  return await deps.storage.withTempFile(async (path) => {
    const { format, charset } = await lookTime(
      async (limited) => await lookAtUrl(deps, { url, label, path, maxBytes, signal: limited }),
    );
    if (format.use === "as_is") return { medium: { from: "url", url } };
    const name = `What is at ${label}`;
    const source = { path, name, uploadName: nameOfUrl(url), format, at, ...(charset !== null && { charset }) };
    return await convert(deps, claim.job, source, signal);
  });
}

function tooSlow(): JobFailure {
  return new JobFailure("url_unreachable", "The addresses took too long to fetch, all together.");
}

async function convert(
  deps: PrepareDeps,
  job: RunningJob,
  source: LocalInput,
  signal: AbortSignal,
): Promise<PreparedInput> {
  const { path, name, format, charset } = source;
  if (format.use === "to_jpg") return { medium: await keepJpeg(deps, job, source, signal) };
  if (!job.plan.includes("generate")) {
    throw new JobFailure(
      "file_type_not_supported",
      `${name} is text, and ${job.type} jobs say nothing to the backend. Use type \`video\` or \`generate\`, which make its words the script.`,
    );
  }
  const document = { path, name, mime: format.mime, ...(charset !== undefined && { charset }) };
  const { text, title } = await deps.converter.documentText(document, signal);
  const hasTitle = title === null || text.includes(title.trim());
  return { words: (hasTitle ? text : `${title}\n\n${text}`).trim() };
}

async function keepJpeg(
  { storage, converter }: PrepareDeps,
  { id }: RunningJob,
  { path, name, uploadName, at }: LocalInput,
  signal: AbortSignal,
): Promise<Medium> {
  return await storage.withTempFile(async (jpegPath) => {
    await converter.jpegOf({ path, name }, jpegPath, signal);
    const key = storageKey("file", `${id}-${at}.jpg`);
    await storage.putAs(key, createReadStream(jpegPath), { maxBytes: maxJpegBytes, signal });
    return {
      from: "storage",
      storageKey: key,
      name: `${uploadName.replace(/\.\w{1,8}$/, "")}.jpg`,
      mime: "image/jpeg",
    };
  });
}

async function keepScript(storage: Storage, id: RunningJob["id"], words: readonly string[]): Promise<string> {
  const script = words.join("\n\n").toWellFormed();
  const { key } = await storage.putAs(storageKey("script", `${id}.txt`), script, { maxBytes: maxScriptBytes });
  return key;
}

function assertScriptFits(words: readonly string[], name: string): void {
  const chars = words.join("\n\n").length;
  if (chars <= requestLimits.textChars) return;
  throw new JobFailure(
    "script_too_long",
    `With ${name} the script has ${chars} characters; it may have ${requestLimits.textChars}.`,
  );
}

async function loadFile({ files }: PrepareDeps, { tenant }: RunningJob, id: FileId): Promise<FileRecord> {
  const file = await files.load(tenant, id);
  if (file === null) throw new JobFailure("file_not_found", `${id} is not there any more.`);
  return file;
}

/** What a URL is called: the end of its path, which may say what it is. Its query is nobody's business. */
export function nameOfUrl(url: string): string {
  const { host, pathname } = new URL(url);
  const last = pathname.split("/").findLast((part) => part !== "") ?? "";
  try {
    return decodeURIComponent(last).slice(0, 100).toWellFormed() || host;
  } catch {
    return host;
  }
}
