import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { speedSchema } from "../config.ts";
import { balanceOf } from "../credits.ts";
import { scopes } from "../endpoints.ts";
import { faultSchema } from "../faults.ts";
import { ProtocolError } from "../protocol-error.ts";
import type { Services } from "../services.ts";
import { parseBody, parseWith } from "./body.ts";

const MAX_LEDGER_PAGE = 100_000;

const ledgerQuerySchema = z.object({
  type: z.string().optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(MAX_LEDGER_PAGE).default(MAX_LEDGER_PAGE),
});

const accountChangeSchema = z
  .strictObject({
    /** Which account: by its token, or by the client id that it was made for (the newest). */
    token: z.string().optional(),
    client_id: z.string().optional(),
    /** How many are available from now on. */
    credits: z.number().int().min(0).optional(),
    scopes: z.array(z.enum(scopes)).optional(),
    /** As if its 7 days were over: the token no longer counts, and the client id may ask for another. */
    expire: z.literal(true).optional(),
    /** The token no longer counts, and the client id still has to wait for its 7 days. */
    revoke: z.literal(true).optional(),
  })
  .refine(
    ({ token, client_id: clientId }) => (token === undefined) !== (clientId === undefined),
    "Name the account by `token` or by `client_id`.",
  );

const settingsSchema = z.strictObject({
  speed: speedSchema.optional(),
  dialect: z.enum(["first", "last"]).optional(),
  plan: z.enum(["registered", "anonymous"]).optional(),
  silent_share: z.number().min(0).max(1).optional(),
  drag_share: z.number().min(0).max(1).nullable().optional(),
  account: accountChangeSchema.optional(),
  drop_session: z.string().optional(),
});

/** What tests and operators steer the stand-in with. No part of the protocol: nothing of the service may call it. */
export async function addControlRoutes(app: FastifyInstance, services: Services): Promise<void> {
  const { faults, ledger, settings } = services;
  const currentSettings = () => ({
    speed: settings.speed,
    dialect: settings.dialect,
    plan: settings.plan,
    silent_share: settings.silentShare,
    drag_share: settings.dragShare,
  });

  app.get("/ledger", async (request) => ({ entries: await ledger.read(parseWith(ledgerQuerySchema, request.query)) }));

  app.get("/faults", () => ({ faults: faults.list() }));
  app.post("/faults", (request, reply) => {
    faults.add(parseBody(request, faultSchema));
    return reply.code(201).send({ faults: faults.list() });
  });
  app.delete("/faults", () => {
    faults.clear();
    return { faults: [] };
  });

  app.get("/settings", currentSettings);
  app.post("/settings", (request) => {
    const {
      speed,
      dialect,
      plan,
      silent_share: silentShare,
      drag_share: dragShare,
      account,
      drop_session: dropSession,
    } = parseBody(request, settingsSchema);
    if (account !== undefined) changeAccount(account, services);
    if (dropSession !== undefined) drop(dropSession, services);
    settings.speed = speed ?? settings.speed;
    settings.dialect = dialect ?? settings.dialect;
    settings.plan = plan ?? settings.plan;
    settings.silentShare = silentShare ?? settings.silentShare;
    settings.dragShare = dragShare === undefined ? settings.dragShare : dragShare;
    return currentSettings();
  });
}

function changeAccount(change: z.infer<typeof accountChangeSchema>, { accounts, sessions, clock }: Services): void {
  const account =
    change.token === undefined ? accounts.byClientId(change.client_id ?? "") : accounts.byToken(change.token);
  if (account === null) throw new ProtocolError("not_found", "account: there is none with this token or client id");
  if (change.credits !== undefined) account.grantedCredits += change.credits - balanceOf(account, sessions).available;
  if (change.scopes !== undefined) account.scopes = change.scopes;
  if (change.expire === true || change.revoke === true) account.tokenExpiresMs = clock.nowMs();
  if (change.expire === true) account.issuedMs = 0;
  accounts.save(account);
}

function drop(sessionId: string, { sessions }: Services): void {
  const session = sessions.peek(sessionId);
  if (session === null) throw new ProtocolError("not_found", `drop_session: there is no session ${sessionId}`);
  sessions.save(Object.assign(session, { dropped: true }));
}
