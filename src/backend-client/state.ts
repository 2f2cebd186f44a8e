import { findNodeAtLocation, parseTree, type Node, type ParseError } from "jsonc-parser";
import type { Asker } from "./ask.ts";
import { BackendError } from "./backend-error.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { about, type BackendSession } from "./session.ts";

/** A piece of media that the session holds. */
export type BackendMedia = {
  origin: "video_infos" | "generated_media";
  id: string;
  name: string | null;
};

export type BackendState = {
  /** The draft exactly as the backend wrote it, null where there is none. Never to be parsed and written again. */
  draftText: string | null;
  /** Equal for two states that differ only in what changes by itself. */
  fingerprint: string;
  media: BackendMedia[];
  /** Whether the draft can be exported: a track holds a segment. */
  isReady: boolean;
  userId: string | null;
};

export async function readState(
  asker: Asker,
  input: { session: BackendSession; signal: AbortSignal },
): Promise<BackendState> {
  const { session, signal } = input;
  const { bytes } = await asker.ask({
    endpoint: "state",
    method: "GET",
    path: `/api/state/nemo_agent/me/${encodeURIComponent(session.backendSessionId)}/latest`,
    ...about(session),
    signal,
  });
  return stateIn(bytes);
}

/** What a state answer holds. The draft is cut out of the raw text by offset: to parse and print it would damage 19-digit integers. */
export function stateIn(bytes: Uint8Array): BackendState {
  const { json, root } = parsed(bytes);
  const data = at(root, "data") ?? root;
  const state = at(data, "state");
  if (state?.type !== "object") throw new BackendError("protocol", "The answer of the state call holds no state.");
  const draftNode = at(state, "draft");
  const draft = draftNode?.type === "object" ? draftNode : undefined;
  const media = [...mediaIn(json, state, "video_infos"), ...mediaIn(json, state, "generated_media")];
  return {
    draftText: draft === undefined ? null : rawText(json, draft),
    fingerprint: fingerprintOf(json, draft, media),
    media,
    isReady: draft !== undefined && hasSegment(draft),
    userId: stringAt(data, "user_id") ?? stringAt(state, "user_id"),
  };
}

/** Whether a draft has what export needs: `t` holds at least one track whose `sg` is not empty. */
function hasSegment(draft: Node): boolean {
  const tracks = at(draft, "t");
  if (tracks?.type !== "array") return false;
  return (tracks.children ?? []).some((track) => {
    const segments = at(track, "sg");
    return segments?.type === "array" && (segments.children?.length ?? 0) > 0;
  });
}

function parsed(bytes: Uint8Array): { json: string; root: Node } {
  const errors: ParseError[] = [];
  try {
    // Fatal, since a replaced byte would end up in the exported draft.
    const json = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const root = parseTree(json, errors, { disallowComments: true });
    if (root !== undefined && errors.length === 0) return { json, root };
  } catch (error) {
    throw new BackendError("protocol", "The state is not text in UTF-8, or is nested too deeply.", {
      cause: error,
    });
  }
  throw new BackendError("protocol", `The state is not valid JSON (at character ${errors[0]?.offset ?? 0}).`);
}

/** Where the id of a medium may stand, in order of trust; what these entries look like is not documented. */
const idKeys = ["id", "media_id", "asset_id", "file_id", "hash", "cdn_url", "url", "filename", "name"];
const nameKeys = ["name", "title", "filename"];

function mediaIn(json: string, state: Node, origin: BackendMedia["origin"]): BackendMedia[] {
  const list = at(state, origin);
  const entries =
    list?.type === "object"
      ? (list.children ?? []).flatMap(({ children }) => children?.[1] ?? [])
      : (list?.children ?? []);
  return entries.map((entry) => {
    const idNode = entry.type === "object" ? firstOf(entry, idKeys) : entry;
    const nameNode = entry.type === "object" ? firstOf(entry, nameKeys) : undefined;
    return {
      origin,
      // Ids may be integers beyond 2^53, so raw text is taken; of a signed URL only what stays.
      id:
        idNode === undefined
          ? ""
          : idNode.type === "string"
            ? withoutQuery(String(idNode.value))
            : rawText(json, idNode),
      name: nameNode?.type === "string" ? String(nameNode.value) : null,
    };
  });
}

function withoutQuery(id: string): string {
  return id.replace(/[?#].*$/s, "");
}

function firstOf(entry: Node, keys: readonly string[]): Node | undefined {
  for (const key of keys) {
    const node = at(entry, key);
    if (node?.type === "string" || node?.type === "number") return node;
  }
  return undefined;
}

function stringAt(node: Node, key: string): string | null {
  const found = at(node, key);
  return found?.type === "string" && found.value !== "" ? String(found.value) : null;
}

function at(node: Node, key: string): Node | undefined {
  return node.type === "object" ? findNodeAtLocation(node, [key]) : undefined;
}

function rawText(json: string, node: Node): string {
  return json.slice(node.offset, node.offset + node.length);
}
