import { JobFailure } from "../domain/failure.ts";
import type { JobRequest } from "../domain/job-request.ts";
import { formatOf, formatsInWords } from "../domain/media-type.ts";
import { skillNamed, type SkillName } from "../domain/skill.ts";
import type { ApiDeps, FileRecord } from "./dependencies.ts";

type CheckDeps = Pick<ApiDeps, "files" | "checkUrl">;

/**
 * The files that a request names, in its order, once all of its inputs are known to be what a job of its type and skill takes.
 * Throws `JobFailure`: `file_not_found`, `file_type_not_supported`, `file_too_large` or `url_forbidden`, for all of a kind at once.
 */
export async function checkInputs(
  deps: CheckDeps,
  tenant: string,
  request: JobRequest,
  skill: SkillName,
): Promise<FileRecord[]> {
  const { files: ids, urls } = request.input;
  const known = new Map<string, FileRecord | null>();
  await Promise.all([...new Set(ids)].map(async (id) => known.set(id, await deps.files.load(tenant, id))));
  const missing = [...new Set(ids)].filter((id) => known.get(id) === null);
  if (missing.length > 0) throw new JobFailure("file_not_found", `Not found: ${missing.join(", ")}.`);
  const records = [...known.values()].filter((record) => record !== null);
  checkTypes(records, request.type);
  checkSizes(records, skill);
  checkUrls(deps, urls);
  return ids.map((id) => known.get(id)).filter((record) => record !== null && record !== undefined);
}

/** Documents become words of the message, so that a job which sends none can do nothing with them. */
function checkTypes(records: readonly FileRecord[], type: JobRequest["type"]): void {
  const sendsMessage = type === "video" || type === "generate";
  const faults = records.flatMap((record) => {
    const { mime } = record;
    const format = formatOf(mime);
    if (format === null)
      return [`${named(record)} is ${mime}; taken are ${formatsInWords("as_is", "to_jpg", "to_text")}.`];
    if (format.use !== "to_text" || sendsMessage) return [];
    return [
      `${named(record)} is a document, whose words are for the backend, and an ${type} job says nothing to it: use a job of type \`video\` or \`generate\`, or a message whose \`text\` says what to make of it.`,
    ];
  });
  if (faults.length > 0) throw new JobFailure("file_type_not_supported", faults.join(" "));
}

/** The limit is the skill's, so it is known only now, and not yet when a file is uploaded. */
function checkSizes(records: readonly FileRecord[], skill: SkillName): void {
  const { largestFileBytes } = skillNamed(skill);
  const tooLarge = records.filter(({ bytes }) => bytes > largestFileBytes);
  if (tooLarge.length === 0) return;
  const limit = `${skill} takes files of up to ${largestFileBytes / 1e6} MB`;
  throw new JobFailure(
    "file_too_large",
    `${limit}; ${tooLarge.map((record) => `${named(record)} has ${record.bytes} bytes`).join(", ")}.`,
  );
}

function named({ id, name }: FileRecord): string {
  return `${name} (${id})`;
}

/** Addresses that are literals, in any notation. What a name resolves to is known only when it is connected to. */
function checkUrls({ checkUrl }: CheckDeps, urls: readonly string[]): void {
  const faults = urls.flatMap((url, index) => {
    try {
      checkUrl(url);
      return [];
    } catch (error) {
      return [`input.urls[${index}]: ${error instanceof Error ? error.message : "it is not allowed."}`];
    }
  });
  if (faults.length > 0) throw new JobFailure("url_forbidden", faults.join(" "));
}
