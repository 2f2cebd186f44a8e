import { z } from "zod";
import type { SessionId } from "./id.ts";
import { jobRequestSchema, requestLimits, type JobRequest } from "./job-request.ts";

const { input, output, allow_edits, webhook, metadata, priority, run_after, deadline_s } = jobRequestSchema.shape;
const { text, files, urls } = input.shape;

/** The body of `POST /v1/sessions/{id}/messages`. */
export const messageRequestSchema = z
  .strictObject({
    text: text.describe("What you want, in your own words, or a script."),
    files,
    urls,
    skill: jobRequestSchema.shape.skill,
    output,
    allow_edits,
    webhook,
    metadata,
    priority,
    run_after,
    deadline_s,
  })
  .refine((message) => message.text !== undefined || hasFiles(message), {
    path: ["text"],
    error: "a message needs `text`, `files` or `urls`",
  })
  .meta({
    id: "MessageRequest",
    examples: [{ text: "Add the title “Paradise Found”" }, { text: "export", metadata: { order: "A-17" } }],
  });
export type MessageRequest = z.output<typeof messageRequestSchema>;

export function hasFiles({ files: fileIds, urls: addresses }: Pick<JobRequest["input"], "files" | "urls">): boolean {
  return fileIds.length + addresses.length > 0;
}

/**
 * The job that carries a message out in its session. Words go along where they are the request itself; longer than an instruction
 * may be, they are a script.
 */
export function jobRequestOf(
  message: MessageRequest,
  type: "upload" | "generate" | "export",
  sessionId: SessionId,
): JobRequest {
  const { text: words, files: fileIds, urls: addresses, ...rest } = message;
  return {
    ...rest,
    type,
    session_id: sessionId,
    input: { files: fileIds, urls: addresses, ...(type === "generate" && words !== undefined && inputOf(words)) },
  };
}

function inputOf(words: string): { instruction: string } | { text: string } {
  return words.length <= requestLimits.instructionChars ? { instruction: words } : { text: words };
}
