import { z } from "zod";
import { fileIdSchema } from "../domain/id.ts";
import { fileKinds, type FileRecord } from "./dependencies.ts";

/** A file as callers see it. */
export const fileViewSchema = z
  .object({
    id: fileIdSchema,
    object: z.literal("file"),
    name: z.string().describe("As it was uploaded, without any folders."),
    mime: z.string().describe("Recognised by its content, not by its name."),
    kind: z.enum(fileKinds),
    bytes: z.int(),
    duration_s: z.number().nullable().describe("Of a video, as its header says; null where that does not say it."),
    sha256: z.string().describe("Of its content, in hexadecimal."),
    created_at: z.iso.datetime(),
  })
  .meta({
    id: "File",
    examples: [
      {
        id: "file_01k8pvmd3yf5t8b7q2n4h6j9wx",
        object: "file",
        name: "harbour.jpg",
        mime: "image/jpeg",
        kind: "image",
        bytes: 482_113,
        duration_s: null,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        created_at: "2025-11-03T09:12:44.120Z",
      },
    ],
  });
export type FileView = z.infer<typeof fileViewSchema>;

export function viewOfFile(file: FileRecord): FileView {
  return {
    id: file.id,
    object: "file",
    name: file.name,
    mime: file.mime,
    kind: file.kind,
    bytes: file.bytes,
    duration_s: file.durationMs === undefined ? null : file.durationMs / 1000,
    sha256: file.sha256,
    created_at: new Date(file.createdAtMs).toISOString(),
  };
}
