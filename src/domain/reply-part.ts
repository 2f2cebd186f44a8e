/**
 * What the backend's replies ask their reader to do in its editor, as what an API can do instead:
 * `export` makes the MP4, `read_state` reads the timeline (where it says to open something), `show_tracks` shows the summary (where it
 * says to play or preview), `read_credits` reads the credits, `edit` is an edit that it wants done by dragging, `upload` is to bring
 * files in, and `press` is a control for which there is no call: it is reported, and never carried out.
 */
export const guiActions = ["export", "read_state", "show_tracks", "read_credits", "edit", "upload", "press"] as const;
export type GuiAction = (typeof guiActions)[number];

/** A reply in pieces; `instruction` is the clause in the backend's words. All pieces together are the reply, to the letter. */
export type ReplyPart = { kind: "text"; text: string } | { kind: "action"; action: GuiAction; instruction: string };

export type ActionPart = Extract<ReplyPart, { kind: "action" }>;
