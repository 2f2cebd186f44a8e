import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startBackend, TOKEN } from "../support/local-backend.ts";
import { clientOfService, serviceSettings, startService } from "../support/service.ts";

/** What parsing and printing would damage, as the local backend writes it. */
const fragile = [
  /"id":\d{19}/, // an integer beyond 2^53
  '"ver":1.0,"rate":1e3',
  '{"10":"bg","9":[],"2":{},"01":null}',
  String.raw`https:\/\/editor.local\/p`,
];

it.each(["first", "last"] as const)(
  "a draft reaches export byte for byte, through storage and a restart of the service (dialect %s)",
  async (dialect) => {
    const backend = await startBackend({ settings: { dialect } });
    const settings = await serviceSettings({ url: backend.url, token: TOKEN });
    await backend.fault({ endpoint: "render_submit", hang: "before" });
    const first = await startService(settings);
    const { id } = await clientOfService(first).submit({
      type: "video",
      input: { text: "Make a 2 second video. Resolution 90x160.\n\nÜber den Wolken 云上 😀." },
    });
    await backend.until("fault", { endpoint: "render_submit" });
    await first.kill();

    const [session] = await backend.ledger("session");
    const { draft } = await backend.stateOf(String(session?.["session"]));
    const folder = join(settings["DATA_DIR"] ?? "", "draft");
    const kept = (await readdir(folder, { recursive: true })).find((name) => name.endsWith(".json"));
    expect(await readFile(join(folder, kept ?? ""), "utf8")).toBe(draft);
    for (const part of fragile) expect(draft).toMatch(part);

    const { job } = await clientOfService(await startService(settings)).finished(id);
    expect(job.status).toBe("succeeded");
    expect(await backend.ledger("render")).toMatchObject([
      { event: "submitted", draft_unchanged: true },
      { event: "completed", draft_unchanged: true },
    ]);
  },
);
