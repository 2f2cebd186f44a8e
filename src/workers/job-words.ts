import type { Job } from "../domain/job.ts";
import { requestLimits } from "../domain/job-request.ts";
import { languageOfWords, type Language } from "../domain/language.ts";
import type { Storage } from "../storage/folder-storage.ts";

const maxScriptBytes = requestLimits.textChars * 4;

/** The whole script of a job, what its documents and pages became included; null where it has none. */
export async function scriptOf(storage: Storage, { input, made }: Job): Promise<string | null> {
  const key = made.prepared === null ? input.textKey : made.prepared.scriptKey;
  return key === null ? null : await storage.readText(key, maxScriptBytes);
}

export type JobLanguages = {
  /** What its video is in: the language of its script, or else of its instruction. ISO 639-1; `en` when in doubt. */
  ofVideo(job: Job): Promise<string>;
  /** In what its caller is spoken to: the language of its instruction, or else of its script. */
  ofCaller(job: Job): Promise<Language>;
};

/** That a script is not there any more is for those to say who need it: here it is only a language that is not known. */
export function createJobLanguages(deps: { storage: Storage; languageOf: (text: string) => string }): JobLanguages {
  const script = async (job: Job): Promise<string | null> => await scriptOf(deps.storage, job).catch(() => null);
  return {
    ofVideo: async (job) => deps.languageOf((await script(job)) ?? job.input.instruction ?? ""),
    ofCaller: async (job) => languageOfWords(job.input.instruction ?? (await script(job)) ?? ""),
  };
}
