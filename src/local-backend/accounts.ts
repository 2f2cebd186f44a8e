import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "./clock.ts";
import type { LocalBackendConfig } from "./config.ts";
import { readRecords, writeRecord } from "./disk.ts";
import { scopes } from "./endpoints.ts";
import { tokenHash } from "./ledger.ts";
import { ProtocolError } from "./protocol-error.ts";

const TOKEN_LIFE_MS = 7 * 24 * 3_600_000;
const CONFIGURED_ID = "usr_configured";
const CONFIGURED_CREDITS = 1_000_000_000;

const accountSchema = z.object({
  id: z.string(),
  kind: z.enum(["configured", "anonymous"]),
  /** All credits it was ever given; what it spent is in its sessions (`credits.ts`). */
  grantedCredits: z.number(),
  scopes: z.array(z.enum(scopes)),
  /** The token itself is not kept. */
  tokenHash: z.string(),
  tokenExpiresMs: z.number().nullable(),
  clientId: z.string().nullable(),
  ip: z.string().nullable(),
  issuedMs: z.number(),
});

export type Account = z.infer<typeof accountSchema>;

export type Accounts = {
  /** A new account with a new token. Throws `rate_limited` by client id and by address, each counted over 7 days. */
  issue: (clientId: string, ip: string) => { account: Account; token: string };
  /** Null when nobody has this token, or no longer. */
  byToken: (token: string) => Account | null;
  /** The newest account of a client id. */
  byClientId: (clientId: string) => Account | null;
  save: (account: Account) => void;
};

/** Who there is: one registered account where a token is configured, and the anonymous ones. One file each. */
export function openAccounts(dir: string, config: LocalBackendConfig, clock: Clock): Accounts {
  mkdirSync(dir, { recursive: true });
  const byId = new Map(readRecords(dir, accountSchema).map((account) => [account.id, account]));
  const all = () => [...byId.values()];
  const save = (account: Account) => {
    byId.set(account.id, account);
    writeRecord(join(dir, `${account.id}.json`), account);
  };

  const configured = byId.get(CONFIGURED_ID);
  if (config.token === null) byId.delete(CONFIGURED_ID);
  else
    save({
      ...(configured ?? newAccount(CONFIGURED_ID, CONFIGURED_CREDITS, clock)),
      tokenHash: tokenHash(config.token),
    });

  return {
    issue: (clientId, ip) => {
      const recent = all().filter(
        (account) => account.kind === "anonymous" && account.issuedMs > clock.nowMs() - TOKEN_LIFE_MS,
      );
      if (recent.some((account) => account.clientId === clientId)) {
        throw new ProtocolError("rate_limited", "This client id was given a token within the last 7 days");
      }
      if (recent.filter((account) => account.ip === ip).length >= config.tokensPerIp) {
        throw new ProtocolError("rate_limited", "Too many anonymous tokens for this address; try again later");
      }
      const token = `nmv_usr_${randomBytes(24).toString("base64url")}`;
      const account: Account = {
        ...newAccount(`anon_${randomUUID().replaceAll("-", "")}`, config.anonymousCredits, clock),
        kind: "anonymous",
        tokenHash: tokenHash(token),
        tokenExpiresMs: clock.nowMs() + TOKEN_LIFE_MS,
        clientId,
        ip,
      };
      save(account);
      return { account, token };
    },
    byToken: (token) => {
      const hash = tokenHash(token);
      const account = all().find((candidate) => candidate.tokenHash === hash);
      if (account === undefined) return null;
      return account.tokenExpiresMs === null || account.tokenExpiresMs > clock.nowMs() ? account : null;
    },
    byClientId: (clientId) =>
      all()
        .filter((account) => account.clientId === clientId)
        .toSorted((one, other) => other.issuedMs - one.issuedMs)[0] ?? null,
    save,
  };
}

function newAccount(id: string, grantedCredits: number, clock: Clock): Account {
  return {
    id,
    kind: "configured",
    grantedCredits,
    scopes: [...scopes],
    tokenHash: "",
    tokenExpiresMs: null,
    clientId: null,
    ip: null,
    issuedMs: clock.nowMs(),
  };
}
