import { Readable } from "node:stream";
import { createFolderStorage } from "../../src/storage/folder-storage.ts";

// A process of its own that stores a stream without an end under a key, until it is killed: `<folder> <key>`.
// Or until the test that forked it is gone.
process.once("disconnect", () => process.exit());
const [dir = "", key = ""] = process.argv.slice(2);
const { putAs } = await createFolderStorage({ dir });
const slow = new Readable({ read: () => void setTimeout(() => slow.push("more"), 10) });
await putAs(key, slow, { maxBytes: 1_000_000 });
