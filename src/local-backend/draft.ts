import { z } from "zod";
import type { Music, Project, Scene, TextCard } from "./project.ts";

/** Where a segment keeps its name, start, duration and volume: the first place that a tolerant reader looks, or the last. */
export type Dialect = "first" | "last";

/** The text is no draft of this backend, or its timeline is empty. `message` says what is wrong and where. */
export class DraftError extends Error {
  override name = "DraftError";
}

const trackType = { video: 0, audio: 1, text: 7 } as const;

/**
 * Keys that mean nothing here, as a real editor's drafts are full of them. Whoever parses and rebuilds a draft changes
 * at least one: 19-digit integers, `1.0`, `1e3`, `[]` beside `{}`, integer-like keys out of order, an escaped slash.
 */
const unknownKeys = String.raw`"ver":1.0,"rate":1e3,"canvas":{"10":"bg","9":[],"2":{},"01":null},"lut":9007199254740993117,"origin":"https:\/\/editor.local\/p"`;

type Segment = {
  id: string;
  name: string;
  startMs: number;
  durationMs: number;
  volume?: number;
  extra: Record<string, unknown>;
};

/** The draft of a session as its state answers it. An empty timeline is `null`, or a draft without tracks. */
export function draftTextOf({ project }: { project: Project | null }, dialect: Dialect): string {
  if (project !== null) return writeDraft(project, dialect);
  return dialect === "first" ? "null" : '{"t":[],"d":0,"m":{}}';
}

/**
 * Writes the project as the raw JSON text of a draft, ids as bare integers. Volumes are kept in whole percent.
 * The text carries everything that a renderer needs besides the media files.
 */
export function writeDraft(project: Project, dialect: Dialect): string {
  const { title, music } = project;
  const totalMs = totalDurationMs(project);
  const tracks = [
    writeTrack(trackType.video, sceneSegments(project.scenes), dialect),
    writeTrack(trackType.audio, music ? [{ ...music, extra: { mood: music.mood } }] : [], dialect),
    writeTrack(trackType.text, title ? [{ ...title, name: title.text, extra: {} }] : [], dialect),
  ].filter((track) => track !== null);
  const metadata = `{"title":${quote(project.name, dialect)},"width":${project.widthPx},"height":${project.heightPx},"fps":25.0}`;
  return `{"id":${project.id},${unknownKeys},"t":[${tracks.join(",")}],"d":${totalMs},"m":${metadata}}`;
}

export function totalDurationMs(project: Project): number {
  return project.scenes.reduce((sumMs, scene) => sumMs + scene.durationMs, 0);
}

function sceneSegments(scenes: Scene[]): Segment[] {
  let startMs = 0;
  return scenes.map((scene) => {
    const { id, name, durationMs, text: words, seed, media, transition } = scene;
    const segment = { id, name, startMs, durationMs, extra: { words, seed, media, transition } };
    startMs += durationMs;
    return segment;
  });
}

function writeTrack(type: number, segments: Segment[], dialect: Dialect): string | null {
  if (segments.length === 0) return null;
  const written = segments.map((segment) => writeSegment(segment, dialect));
  return `{"tt":${type},"sg":[${written.join(",")}],"attrs":[],"locked":false}`;
}

function writeSegment({ id, name, startMs, durationMs, volume, extra }: Segment, dialect: Dialect): string {
  const text = quote(name, dialect);
  const own = quote(extra, dialect);
  if (dialect === "first") {
    const gain = volume === undefined ? "" : `,"volume":${Math.round(volume * 100) / 100}`;
    return `{"id":${id},"m":{"title":${text}${gain}},"s":${startMs},"d":${durationMs},"speed":1.0,"x":${own}}`;
  }
  const gain = volume === undefined ? "" : `,"volume":${Math.round(volume * 100)}`;
  return `{"id":${id},"x":${own},"speed":1.0,"m":{"start":${startMs}},"duration":${durationMs},"text":${text}${gain}}`;
}

/** One dialect writes text as it is, the other escapes all that is not ASCII: both are JSON. */
function quote(value: unknown, dialect: Dialect): string {
  const json = JSON.stringify(value);
  if (dialect === "first") return json;
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const idSchema = z.string().regex(/^\d{1,30}$/, "must be an integer");
const msSchema = z.number().int().min(0);
const mediaSchema = z.object({ hash: z.string(), kind: z.enum(["image", "video"]), trimStartMs: msSchema });
const sceneExtraSchema = z.object({
  words: z.string(),
  seed: z.number().int(),
  media: mediaSchema.nullable(),
  transition: z.enum(["cut", "fade", "slide"]),
});
const musicExtraSchema = z.object({ mood: z.enum(["lo-fi", "upbeat", "calm", "epic"]) });
const segmentSchema = z
  .object({
    id: idSchema,
    m: z.object({ title: z.string(), volume: z.number(), start: msSchema }).partial(),
    s: msSchema.optional(),
    d: msSchema.optional(),
    duration: msSchema.optional(),
    text: z.string().optional(),
    volume: z.number().optional(),
    x: z.unknown(),
  })
  .transform((raw, context) => {
    const name = raw.m.title ?? raw.text;
    const startMs = raw.s ?? raw.m.start;
    const durationMs = raw.d ?? raw.duration;
    if (name === undefined || startMs === undefined || durationMs === undefined) {
      context.addIssue("has no name, start or duration in either dialect");
      return z.NEVER;
    }
    const volume = raw.m.volume ?? (raw.volume === undefined ? undefined : raw.volume / 100);
    return { id: raw.id, name, startMs, durationMs, volume, extra: raw.x };
  });
const draftSchema = z.object({
  id: idSchema,
  t: z.array(z.object({ tt: z.number(), sg: z.array(segmentSchema) })),
  m: z.object({ title: z.string(), width: z.number().int().positive(), height: z.number().int().positive() }),
});
type ReadSegment = z.output<typeof segmentSchema>;

/** Reads a draft of either dialect back, ids exact. Throws `DraftError` on anything else, and on an empty timeline. */
export function readDraft(draftText: string): Project {
  const parsed = draftSchema.safeParse(parseKeepingIds(draftText));
  if (!parsed.success) throw new DraftError(`The draft is not one of this backend: ${z.prettifyError(parsed.error)}`);
  const { id, m, t } = parsed.data;
  const segmentsOf = (type: number) => t.filter((track) => track.tt === type).flatMap((track) => track.sg);
  const scenes = segmentsOf(trackType.video).map(readScene);
  if (scenes.length === 0) throw new DraftError("The draft's timeline is empty: it has no video segment.");
  const [titleSegment] = segmentsOf(trackType.text);
  const [musicSegment] = segmentsOf(trackType.audio);
  return {
    id,
    name: m.title,
    widthPx: m.width,
    heightPx: m.height,
    scenes,
    title: titleSegment ? readTitle(titleSegment) : null,
    music: musicSegment ? readMusic(musicSegment) : null,
  };
}

function parseKeepingIds(draftText: string): unknown {
  try {
    return JSON.parse(draftText, (key, value: unknown, context?: { source?: string }) =>
      key === "id" && typeof value === "number" ? context?.source : value,
    );
  } catch (cause) {
    throw new DraftError("The draft is not JSON.", { cause });
  }
}

function readScene({ id, name, durationMs, extra }: ReadSegment): Scene {
  const { words: text, seed, media, transition } = readExtra(sceneExtraSchema, extra, id);
  return { id, name, text, durationMs, seed, media, transition };
}

function readTitle({ id, name: text, startMs, durationMs }: ReadSegment): TextCard {
  return { id, text, startMs, durationMs };
}

function readMusic({ id, name, startMs, durationMs, volume = 1, extra }: ReadSegment): Music {
  const { mood } = readExtra(musicExtraSchema, extra, id);
  return { id, name, mood, volume, startMs, durationMs };
}

function readExtra<T>(schema: z.ZodType<T>, extra: unknown, segmentId: string): T {
  const parsed = schema.safeParse(extra);
  if (!parsed.success)
    throw new DraftError(
      `Segment ${segmentId} of the draft is not one of this backend: ${z.prettifyError(parsed.error)}`,
    );
  return parsed.data;
}
