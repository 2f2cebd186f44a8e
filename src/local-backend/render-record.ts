import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readRecords, writeRecord } from "./disk.ts";

const renderSchema = z.object({
  id: z.string(),
  sessionId: z.string(),
  accountId: z.string(),
  status: z.enum(["pending", "processing", "completed", "failed"]),
  progress: z.number(),
  error: z.string().nullable(),
  quality: z.string(),
  draftSha256: z.string(),
  draftUnchanged: z.boolean(),
  createdMs: z.number(),
  /** What it was told to do wrong. */
  fails: z.boolean(),
  slowMs: z.number(),
  broken: z.boolean(),
});

/** An export, as kept on disk beside its draft and its video. */
export type Render = z.infer<typeof renderSchema>;

export type RenderFiles = {
  readAll: () => Render[];
  save: (render: Render) => void;
  writeDraft: (id: string, draftText: string) => void;
  readDraft: (id: string) => string;
  videoPath: (id: string) => string;
  /** Leaves the first half of a finished video. */
  breakVideo: (id: string) => void;
};

/** The folder of renders: `<id>.json`, `<id>.draft` and, once finished, `<id>.mp4`. */
export function openRenderFiles(dir: string): RenderFiles {
  mkdirSync(dir, { recursive: true });
  const videoPath = (id: string) => join(dir, `${id}.mp4`);
  const draftPath = (id: string) => join(dir, `${id}.draft`);
  return {
    readAll: () => readRecords(dir, renderSchema),
    save: (render) => writeRecord(join(dir, `${render.id}.json`), render),
    writeDraft: (id, draftText) => writeFileSync(draftPath(id), draftText),
    readDraft: (id) => readFileSync(draftPath(id), "utf8"),
    videoPath,
    breakVideo: (id) => truncateSync(videoPath(id), Math.floor(statSync(videoPath(id)).size / 2)),
  };
}
