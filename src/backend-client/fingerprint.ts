import { createHash, type Hash } from "node:crypto";
import type { Node } from "jsonc-parser";

/** Names of what changes by itself, whatever the value. */
const volatileKey = /(?:_at|At|_ts|Ts)$|timestamp|updated|modified|expir|signature/i;
/** Names that hold a point in time where the value is as large as one; a `start_time` of 1500 is a place in the timeline. */
const timeKey = /time|date/i;
const isoTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/;
const earliestEpochSeconds = 1e9;

/**
 * SHA-256 over the draft and the ids of the media, without what changes at every read: query strings of URLs, timestamps, and
 * the order of keys. Numbers count as they are written, so that integers beyond 2^53 stay apart.
 */
export function fingerprintOf(
  json: string,
  draft: Node | undefined,
  media: readonly { origin: string; id: string }[],
): string {
  const hash = createHash("sha256");
  if (draft !== undefined) addNode(hash, json, draft, "");
  for (const line of media.map(({ origin, id }) => JSON.stringify([origin, id])).toSorted()) hash.update(`\n${line}`);
  return hash.digest("hex");
}

function addNode(hash: Hash, json: string, node: Node, key: string): void {
  switch (node.type) {
    case "object":
      hash.update("{");
      for (const { name, value } of membersOf(node)) {
        hash.update(JSON.stringify(name));
        addNode(hash, json, value, name);
      }
      hash.update("}");
      return;
    case "array":
      hash.update("[");
      for (const item of node.children ?? []) addNode(hash, json, item, key);
      hash.update("]");
      return;
    case "string":
      hash.update(JSON.stringify(isVolatile(key, node) ? "" : stableText(String(node.value))));
      return;
    case "number":
    case "boolean":
    case "null":
    case "property":
      hash.update(isVolatile(key, node) ? "0," : `${json.slice(node.offset, node.offset + node.length)},`);
      return;
  }
}

function membersOf(object: Node): { name: string; value: Node }[] {
  const members = (object.children ?? []).flatMap(({ children }) => {
    const [name, value] = children ?? [];
    return name !== undefined && value !== undefined ? [{ name: String(name.value), value }] : [];
  });
  return members.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function isVolatile(key: string, node: Node): boolean {
  if (volatileKey.test(key)) return true;
  if (node.type === "string") return isoTime.test(String(node.value));
  return node.type === "number" && timeKey.test(key) && Number(node.value) >= earliestEpochSeconds;
}

function stableText(text: string): string {
  return /^https?:\/\//i.test(text) ? text.replace(/[?#].*$/s, "") : text;
}
