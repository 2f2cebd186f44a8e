import type { Media, Session } from "../session-record.ts";

type Uploads = Pick<Session, "media" | "lastGeneration">;

/** What can be shown and was uploaded since the last generation. */
export function freshMedia({ media, lastGeneration }: Uploads): Media[] {
  return media.filter(({ kind, messagesBefore }) => kind !== "audio" && messagesBefore >= lastGeneration);
}

/**
 * What the session's message of this ordinal shows, if it generates: what no generation has used yet, else all that there is. So a
 * session takes several files, each with its own instruction, and makes a video of each. What comes in during a run is the next one's.
 */
export function mediaOfMessage(ordinal: number, { media, lastGeneration }: Uploads): Media[] {
  const before = media.filter(({ messagesBefore }) => messagesBefore < ordinal);
  const fresh = freshMedia({ media: before, lastGeneration });
  return fresh.length > 0 ? fresh : before;
}
