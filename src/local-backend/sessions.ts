import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./accounts.ts";
import type { Clock } from "./clock.ts";
import { readRecords, writeRecord } from "./disk.ts";
import { ProtocolError } from "./protocol-error.ts";
import { sessionSchema } from "./session-record.ts";
import type { Session } from "./session-record.ts";

/** A session that nobody asked about for so long is dropped, as the remote backend does after a time it does not name. */
const IDLE_LIMIT_MS = 24 * 3_600_000;

export type Sessions = {
  create: (account: Account, language: string) => Session;
  /** Throws `session_not_found` for one that is unknown, dropped, or made with another account's token. */
  find: (id: string, account: Account) => Session;
  /** Whoever it belongs to; null when unknown or dropped. */
  peek: (id: string) => Session | null;
  ofAccount: (accountId: string) => Session[];
  withRun: () => Session[];
  /** To be called after every change of a session. */
  save: (session: Session) => void;
};

/** Sessions, one file each; all of them are in memory too. */
export function openSessions(dir: string, seed: string, clock: Clock): Sessions {
  mkdirSync(dir, { recursive: true });
  const byId = new Map(readRecords(dir, sessionSchema).map((session) => [session.id, session]));
  const idsByAccount = new Map<string, string[]>();
  const remember = (session: Session) => {
    byId.set(session.id, session);
    idsByAccount.set(session.accountId, [...(idsByAccount.get(session.accountId) ?? []), session.id]);
  };
  for (const session of byId.values()) remember(session);

  const save = (session: Session) => writeRecord(join(dir, `${session.id}.json`), session);
  const peek = (id: string) => {
    const session = byId.get(id);
    return session === undefined || session.dropped ? null : session;
  };

  return {
    create: (account, language) => {
      const ordinal = byId.size + 1;
      const session: Session = {
        id: uuidOf(seed, "session", ordinal),
        taskId: uuidOf(seed, "task", ordinal),
        accountId: account.id,
        language,
        usedMs: clock.nowMs(),
        dropped: false,
        messages: 0,
        spentCredits: 0,
        project: null,
        media: [],
        generated: [],
        lastGeneration: 0,
        run: null,
      };
      remember(session);
      save(session);
      return session;
    },
    find: (id, account) => {
      const session = peek(id);
      if (session === null || session.accountId !== account.id)
        throw new ProtocolError("session_not_found", `Session not found: ${id}`);
      if (session.run === null && clock.nowMs() - session.usedMs > IDLE_LIMIT_MS) {
        save(Object.assign(session, { dropped: true }));
        throw new ProtocolError("session_not_found", `Session expired: ${id}`);
      }
      session.usedMs = clock.nowMs();
      return session;
    },
    peek,
    ofAccount: (accountId) => (idsByAccount.get(accountId) ?? []).flatMap((id) => byId.get(id) ?? []),
    withRun: () => [...byId.values()].filter((session) => session.run !== null),
    save,
  };
}

/** Looks random, and is the same for the same seed: so is then what the agent decides from it. */
function uuidOf(...parts: (string | number)[]): string {
  const hex = createHash("sha256").update(parts.join("\u0000")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
