import { createHash } from "node:crypto";
import { appendFileSync, createReadStream, existsSync, renameSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Clock } from "./clock.ts";
import type { EndpointName } from "./endpoints.ts";

/** What happened, as tests read it. Token values are in it as hashes only (`tokenHash`). */
export type LedgerFact =
  | {
      type: "request";
      endpoint: EndpointName | null;
      method: string;
      url: string;
      headers: Record<string, string>;
      token: string | null;
      token_in_url: boolean;
    }
  | { type: "refusal"; endpoint: EndpointName | null; status: number; code: number; message: string }
  | { type: "fault"; endpoint: EndpointName; fault: Record<string, unknown> }
  | { type: "token"; account: string; client_id: string; token: string }
  | { type: "session"; session: string; account: string; language: string }
  | { type: "message"; run: string; session: string; account: string; text: string; intent: string; credits: number }
  | { type: "change"; run: string; session: string; stage: number; draft_sha256: string }
  | { type: "run_ended"; run: string; session: string; outcome: "done" | "failed"; silent: boolean; credits: number }
  | {
      type: "upload";
      session: string;
      filename: string;
      hash: string;
      bytes: number;
      file_type: string;
      source: "multipart" | "url";
    }
  | {
      type: "render";
      render: string;
      session: string;
      event: "submitted" | "restarted" | "completed" | "failed" | "canceled";
      draft_sha256: string;
      /** Whether the draft is, byte for byte, what the session's state would have answered at that moment. */
      draft_unchanged: boolean;
    }
  | { type: "claim"; session: string };

export type Ledger = {
  append: (fact: LedgerFact) => void;
  /** Facts, each with `seq` and `at`; those with a number above `after`, oldest first. */
  read: (filter: { type?: string | undefined; after: number; limit: number }) => Promise<unknown[]>;
};

/** Past this the file is moved to `<path>.old` (one is kept) and a new one begun. */
const MAX_LEDGER_BYTES = 256_000_000;

const lineSchema = z.looseObject({ seq: z.number(), type: z.string() });

/** The name of a draft, by its bytes. */
export function draftHash(draftText: string): string {
  return createHash("sha256").update(draftText).digest("hex");
}

/** A short name for a secret, the same each time, from which it cannot be had back. */
export function tokenHash(token: string): string {
  return `sha256:${createHash("sha256").update(token).digest("hex").slice(0, 12)}`;
}

/**
 * Opens the ledger: JSON lines, only ever appended to, one synchronous write each, so that a kill tears one line at most.
 * A torn line is closed with a newline and skipped by readers.
 */
export async function openLedger(path: string, clock: Clock): Promise<Ledger> {
  let seq = 0;
  let bytes = 0;
  if (existsSync(path)) {
    for await (const line of parsedLines(path)) seq = line.seq;
    appendFileSync(path, "\n");
    bytes = statSync(path).size;
  }

  return {
    append: (fact) => {
      seq += 1;
      const line = `${JSON.stringify({ seq, at: new Date(clock.nowMs()).toISOString(), ...fact })}\n`;
      if (bytes > MAX_LEDGER_BYTES) {
        renameSync(path, `${path}.old`);
        bytes = 0;
      }
      appendFileSync(path, line);
      bytes += Buffer.byteLength(line);
    },

    read: async ({ type, after, limit }) => {
      const entries: unknown[] = [];
      if (!existsSync(path)) return entries;
      for await (const line of parsedLines(path)) {
        if (line.seq <= after || (type !== undefined && line.type !== type)) continue;
        entries.push(line);
        if (entries.length === limit) break;
      }
      return entries;
    },
  };
}

async function* parsedLines(path: string): AsyncGenerator<z.infer<typeof lineSchema>> {
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity });
  for await (const line of lines) {
    const parsed = lineSchema.safeParse(parseOrNull(line));
    if (parsed.success) yield parsed.data;
  }
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
