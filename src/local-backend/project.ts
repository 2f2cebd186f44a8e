/**
 * What the local backend's agent edits: one timeline. It is written out as a draft (`draft.ts`) in either dialect, and the
 * renderer reads it back from the draft alone, so that an exported draft is enough to make the video.
 *
 * Ids are decimal digits beyond 2^53, as the backend's are; they stay strings here and become bare integers in the draft.
 */
export type Project = {
  id: string;
  name: string;
  widthPx: number;
  heightPx: number;
  scenes: Scene[];
  title: TextCard | null;
  music: Music | null;
};

/** One piece of the video track. A scene with media shows it; one without has a moving background drawn from `seed`. */
export type Scene = {
  id: string;
  name: string;
  /** Words on screen; empty for media shown without any. */
  text: string;
  durationMs: number;
  seed: number;
  media: MediaRef | null;
  /** How it comes in from the scene before it. */
  transition: "cut" | "fade" | "slide";
};

/** A file in the media folder, named by its content hash. `trimStartMs` is where a clip begins to be used. */
export type MediaRef = { hash: string; kind: "image" | "video"; trimStartMs: number };

export type TextCard = { id: string; text: string; startMs: number; durationMs: number };

/** Generated music. `volume` is 0 to 1. `mood` picks the chords and tempo. */
export type Music = {
  id: string;
  name: string;
  mood: "lo-fi" | "upbeat" | "calm" | "epic";
  volume: number;
  startMs: number;
  durationMs: number;
};
