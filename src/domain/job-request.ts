import { z } from "zod";
import { fileIdSchema, sessionIdSchema } from "./id.ts";
import { defaultSkill, skillNameSchema } from "./skill.ts";

export const stages = ["upload", "generate", "export"] as const;
export type Stage = (typeof stages)[number];
export const stageSchema = z.enum(stages).meta({ id: "Stage" });

export const jobTypes = ["video", ...stages] as const;

/** The final statuses, and with the prefix `job.` the webhook events. */
export const webhookEvents = ["job.succeeded", "job.failed", "job.canceled"] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** Named limits of a job's input: everything beyond them is refused before any money is spent. */
export const requestLimits = {
  textChars: 50_000,
  instructionChars: 4_000,
  files: 50,
  urls: 50,
  urlChars: 2_048,
  metadataKeys: 50,
  metadataKeyChars: 64,
  metadataValueChars: 512,
  maxPriority: 100,
  minDeadlineS: 60,
  maxDeadlineS: 7 * 24 * 3600,
  defaultDeadlineS: 24 * 3600,
} as const;

const httpUrl = z
  .url({ protocol: /^https?$/, error: "must be an absolute http or https URL" })
  .max(requestLimits.urlChars, { error: `must have at most ${requestLimits.urlChars} characters` })
  .refine(holdsNoCredentials, { error: "must not hold a user name or password" });

function holdsNoCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url === null || (url.username === "" && url.password === "");
}

/** A lone surrogate has no UTF-8, so it would not come out of storage as it went in. */
const wellFormed = (text: string): boolean => text.isWellFormed();
const notWellFormed = { error: "holds half of a surrogate pair, which is not a character" };

const jobInputSchema = z
  .strictObject({
    text: z
      .string()
      .trim()
      .min(1)
      .max(requestLimits.textChars)
      .refine(wellFormed, notWellFormed)
      .optional()
      .describe("The script."),
    files: z
      .array(fileIdSchema)
      .max(requestLimits.files)
      .default([])
      .describe(
        "Files uploaded with POST /v1/files, in the order in which they should appear. The words of documents become part of the script.",
      ),
    urls: z
      .array(httpUrl)
      .max(requestLimits.urls)
      .default([])
      .describe("Media that the backend fetches itself; documents and pages, whose words become part of the script."),
    instruction: z
      .string()
      .trim()
      .min(1)
      .max(requestLimits.instructionChars)
      .refine(wellFormed, notWellFormed)
      .optional()
      .describe("What to make of the text and files, such as “turn this script into a 30 s explainer”."),
  })
  .meta({ id: "JobContent" });

export const outputWishesSchema = z
  .strictObject({
    format: z
      .enum(["mp4"])
      .default("mp4")
      .describe("H.264, which plays everywhere; the backend is not known to make others."),
    quality: z.enum(["high", "medium", "low"]).default("high").describe("Of the encoding, as `format` is."),
    aspect_ratio: z
      .enum(["9:16", "16:9", "1:1", "4:5"])
      .optional()
      .describe(
        "Asked of the backend in words, like the fields below. They count where `instruction` says something else.",
      ),
    resolution: z.enum(["720p", "1080p"]).optional(),
    duration_s: z.number().int().min(3).max(300).optional(),
    music: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .refine(wellFormed, notWellFormed)
      .optional()
      .describe("A mood, a genre, an instrument, or “no music”."),
  })
  .meta({ id: "OutputWishes" });
export type OutputWishes = z.output<typeof outputWishesSchema>;

export const jobWebhookSchema = z
  .strictObject({
    url: httpUrl.describe("Where the signed event goes, per Standard Webhooks."),
    events: z
      .array(z.enum(webhookEvents))
      .min(1)
      .max(webhookEvents.length)
      .default([...webhookEvents]),
  })
  .meta({ id: "JobWebhook" });

export const metadataSchema = z
  .record(z.string().min(1).max(requestLimits.metadataKeyChars), z.string().max(requestLimits.metadataValueChars))
  .refine((metadata) => Object.entries(metadata).flat().every(wellFormed), notWellFormed)
  .refine((metadata) => Object.keys(metadata).length <= requestLimits.metadataKeys, {
    error: `takes at most ${requestLimits.metadataKeys} keys`,
  })
  .meta({ maxProperties: requestLimits.metadataKeys });

/** The body of `POST /v1/jobs`. */
export const jobRequestSchema = z
  .strictObject({
    type: z
      .enum(jobTypes)
      .describe("`video` is generate → export. Files and URLs are put into the session first, whatever the type."),
    skill: skillNameSchema
      .optional()
      .describe(`The session’s own where it is not given; without a session \`${defaultSkill}\`.`),
    input: jobInputSchema,
    session_id: sessionIdSchema
      .optional()
      .describe("Continue in this session; without it the job gets one of its own."),
    output: outputWishesSchema.prefault({}),
    allow_edits: z
      .boolean()
      .default(false)
      .describe(
        "When the backend asks its user to drag or drop something in its editor, have it done by a second message. It costs credits like any edit; at most one is sent.",
      ),
    webhook: jobWebhookSchema.optional(),
    metadata: metadataSchema.default({}).describe("Yours: stored, and returned as it is."),
    priority: z
      .number()
      .int()
      .min(0)
      .max(requestLimits.maxPriority)
      .default(0)
      .describe("Higher goes first within your own jobs."),
    run_after: z.iso
      .datetime({ offset: true })
      .optional()
      .describe("Not to be started before; later jobs of the same session wait for it too."),
    deadline_s: z
      .number()
      .int()
      .min(requestLimits.minDeadlineS)
      .max(requestLimits.maxDeadlineS)
      .default(requestLimits.defaultDeadlineS)
      .describe("Seconds from acceptance until the job fails with `deadline_exceeded`."),
  })
  .superRefine((request, context) => {
    const { text, instruction, files, urls } = request.input;
    const hasWords = text !== undefined || instruction !== undefined;
    const hasMedia = files.length + urls.length > 0;
    const refuse = (path: PropertyKey[], message: string): void => context.addIssue({ code: "custom", path, message });
    for (const { path, message } of impossibleWishes(request)) refuse(path, message);
    switch (request.type) {
      case "video":
      case "generate":
        if (!hasWords && !hasMedia)
          refuse(["input"], `a ${request.type} job needs \`text\`, \`instruction\`, \`files\` or \`urls\``);
        return;
      case "upload":
        if (!hasMedia) refuse(["input"], "an upload job needs `files` or `urls`");
        if (hasWords)
          refuse(
            ["input"],
            "an upload job takes no `text` or `instruction`; use type `video`, or a `generate` job in the same session after it",
          );
        return;
      case "export":
        if (request.session_id === undefined)
          refuse(["session_id"], "an export job needs the `session_id` whose timeline it exports");
        if (hasWords)
          refuse(
            ["input"],
            "an export job takes no `text` or `instruction`; use type `video` to have something made first",
          );
        return;
      default:
        request.type satisfies never;
    }
  })
  .meta({
    id: "JobRequest",
    examples: [
      {
        type: "video",
        input: {
          text: "The harbour wakes before the city does. Nets dry, gulls argue, and the first ferry hums out into the mist.",
          instruction: "Turn this script into a calm 30 s video with soft music.",
        },
        output: { aspect_ratio: "9:16", resolution: "1080p", duration_s: 30, music: "lo-fi" },
        webhook: {
          url: "https://example.com/hooks/reelay",
          events: ["job.succeeded", "job.failed"],
        },
        metadata: { order: "A-17" },
      },
    ],
  });
export type JobRequest = z.output<typeof jobRequestSchema>;

/** The wishes in `output` that a job of this type can do nothing about, whatever its session holds. */
export function impossibleWishes({
  type,
  output,
}: Pick<JobRequest, "type" | "output">): { path: string[]; message: string }[] {
  if (type !== "export" && type !== "upload") return [];
  const wishes = ["aspect_ratio", "resolution", "duration_s", "music"] as const;
  return wishes
    .filter((wish) => output[wish] !== undefined)
    .map((wish) => ({ path: ["output", wish], message: type === "upload" ? notOfUploads : notOfExports(wish) }));
}

const notOfUploads = "an upload job makes no video; ask for it in the `video` or `generate` job that uses the files";

function notOfExports(wish: keyof OutputWishes): string {
  const instead =
    wish === "aspect_ratio"
      ? "what exists keeps its ratio: have it made so by a `video` job in a new session"
      : "have it changed by a `generate` job in the same session first";
  return `an export job renders the timeline as it is; ${instead}`;
}

/** The stages that a job goes through, in order. */
export function planOf(request: Pick<JobRequest, "type" | "input">): [Stage, ...Stage[]] {
  const last: [Stage, ...Stage[]] = request.type === "video" ? ["generate", "export"] : [request.type];
  const hasMedia = request.input.files.length + request.input.urls.length > 0;
  return hasMedia && request.type !== "upload" ? ["upload", ...last] : last;
}
