import { createHash } from "node:crypto";
import { join } from "node:path";

export const storageKinds = ["file", "draft", "script", "video"] as const;
export type StorageKind = (typeof storageKinds)[number];

const namePattern = "[a-z0-9][a-z0-9_-]{0,127}(?:\\.[a-z0-9]{1,8})?";
const validName = new RegExp(`^${namePattern}$`);
const validKey = new RegExp(`^(?:${storageKinds.join("|")})/[0-9a-f]{2}/${namePattern}$`);

/**
 * The key for a name of the caller's choice, the same each time: `video/3f/job_01h….mp4`. Names are lower case, digits, `_` and
 * `-`, with an extension if wanted. The folder between is one of 256, so that none grows large. Throws `TypeError` for other names.
 */
export function storageKey(kind: StorageKind, name: string): string {
  if (!validName.test(name)) {
    throw new TypeError(`"${name}" cannot be the name of a stored ${kind}`);
  }
  const shard = createHash("sha256").update(name).digest("hex").slice(0, 2);
  return `${kind}/${shard}/${name}`;
}

/** The path of a key below `dir`; throws `TypeError` for what is no key, so that no path leads out of the folder. */
export function storagePath(dir: string, key: string): string {
  if (!validKey.test(key)) throw new TypeError(`"${key}" is not a storage key`);
  return join(dir, key);
}
