import { z } from "zod";
import type { Project } from "./project.ts";

const mediaRefSchema = z.object({ hash: z.string(), kind: z.enum(["image", "video"]), trimStartMs: z.number() });

const sceneSchema = z.object({
  id: z.string(),
  name: z.string(),
  text: z.string(),
  durationMs: z.number(),
  seed: z.number(),
  media: mediaRefSchema.nullable(),
  transition: z.enum(["cut", "fade", "slide"]),
});

const timedSchema = z.object({ id: z.string(), startMs: z.number(), durationMs: z.number() });

const moods = ["lo-fi", "upbeat", "calm", "epic"] as const;

const projectSchema: z.ZodType<Project> = z.object({
  id: z.string(),
  name: z.string(),
  widthPx: z.number(),
  heightPx: z.number(),
  scenes: z.array(sceneSchema),
  title: timedSchema.extend({ text: z.string() }).nullable(),
  music: timedSchema.extend({ name: z.string(), mood: z.enum(moods), volume: z.number() }).nullable(),
});

/** A file in the media folder, under its hash. */
const mediaFileSchema = z.object({
  hash: z.string(),
  extension: z.string(),
  kind: z.enum(["image", "video", "audio"]),
  filename: z.string(),
  fileType: z.string(),
  bytes: z.number(),
  durationMs: z.number().nullable(),
  widthPx: z.number().nullable(),
  heightPx: z.number().nullable(),
  fps: z.number().nullable(),
});

export type MediaFile = z.infer<typeof mediaFileSchema>;

/** A file that was uploaded into a session, and how many messages the session had had by then. */
const mediaSchema = mediaFileSchema.extend({ messagesBefore: z.number().default(0) });

export type Media = z.infer<typeof mediaSchema>;

const wishesSchema = z.object({
  widthPx: z.number().nullable(),
  heightPx: z.number().nullable(),
  durationMs: z.number().nullable(),
  /** Null: not spoken of. */
  music: z.union([z.enum(moods), z.literal("none")]).nullable(),
  volume: z.number().nullable(),
  /** Empty: none is wanted. */
  title: z.string().nullable().default(null),
});

/** What a message that generates asks for besides its script. */
export type Wishes = z.infer<typeof wishesSchema>;

const editSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("title"), text: z.string().nullable() }),
  z.object({ kind: z.literal("add_music"), mood: z.enum(moods), volume: z.number().nullable() }),
  z.object({ kind: z.literal("remove_music") }),
  /** `level` 0 to 1; or louder and quieter by a step. */
  z.object({ kind: z.literal("volume"), change: z.union([z.number(), z.enum(["up", "down"])]) }),
  z.object({ kind: z.literal("trim"), toMs: z.number() }),
  /** The scenes the other way round. */
  z.object({ kind: z.literal("reorder") }),
  /** Anything else that is asked of a timeline: other backgrounds and transitions. */
  z.object({ kind: z.literal("restyle") }),
]);

export type Edit = z.infer<typeof editSchema>;

const intentSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("generate"), wishes: wishesSchema }),
  z.object({ kind: z.literal("reformat"), widthPx: z.number(), heightPx: z.number() }),
  z.object({ kind: z.literal("edit"), edits: z.array(editSchema).min(1) }),
  z.object({ kind: z.literal("answer"), about: z.enum(["help", "timeline", "nothing_to_edit"]) }),
]);

/** What a message is taken to mean. `reformat` is another aspect ratio: it generates anew, and costs as much. */
export type Intent = z.infer<typeof intentSchema>;

const streamErrorSchema = z.object({
  form: z.enum(["error_code", "json", "named_event", "unescaped"]),
  at_event: z.number(),
  go_on: z.boolean(),
  message: z.string(),
});

export type StreamError = z.infer<typeof streamErrorSchema>;

const runSchema = z.object({
  id: z.string(),
  /** The how-manieth message of its session, from 1. */
  ordinal: z.number(),
  text: z.string(),
  language: z.enum(["en", "zh"]),
  intent: intentSchema,
  /** Reserved while it runs, spent when it ends. */
  credits: z.number(),
  /** It says nothing; its changes are made all the same. */
  silent: z.boolean(),
  /** Its reply ends with a request to drag and drop, or it does not; null: as it happens. */
  asksDrag: z.boolean().nullable().default(null),
  streamError: streamErrorSchema.nullable(),
  /** How many of its changes are in the timeline: where it goes on after a restart. */
  changesDone: z.number(),
});

/** A message being carried out. */
export type Run = z.infer<typeof runSchema>;

const generatedSchema = z.object({
  id: z.string(),
  kind: z.enum(["video", "audio"]),
  name: z.string(),
  createdMs: z.number(),
});

export const sessionSchema = z.object({
  id: z.string(),
  taskId: z.string(),
  accountId: z.string(),
  language: z.string(),
  usedMs: z.number(),
  /** No longer to be found; what it spent still counts. */
  dropped: z.boolean(),
  messages: z.number(),
  spentCredits: z.number(),
  project: projectSchema.nullable(),
  media: z.array(mediaSchema),
  generated: z.array(generatedSchema),
  /** The ordinal of the last message that generated; 0 before the first. */
  lastGeneration: z.number().default(0),
  run: runSchema.nullable(),
});

/** One editable timeline and all that belongs to it, as kept on disk. */
export type Session = z.infer<typeof sessionSchema>;
