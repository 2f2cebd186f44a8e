import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { balanceOf } from "../credits.ts";
import { success } from "../envelope.ts";
import { tokenHash } from "../ledger.ts";
import { ProtocolError } from "../protocol-error.ts";
import type { Services } from "../services.ts";
import { parseBody } from "./body.ts";
import { bearerOf } from "./gate.ts";

const CLAIM_LIFE_S = 600;

const uuid = z.uuid();
const claimSchema = z.object({ task_id: z.string(), session_id: z.string() });

/** Anonymous tokens, claim tokens and the balance of the account behind a token. */
export function addAuthRoutes(app: FastifyInstance, { accounts, sessions, ledger, clock }: Services): void {
  app.post("/api/auth/anonymous-token", { config: { endpoint: "token" } }, (request) => {
    const clientId = uuid.safeParse(request.headers["x-client-id"]);
    if (!clientId.success) throw new ProtocolError("bad_request", "X-Client-Id is missing or no UUID");
    const { account, token } = accounts.issue(clientId.data, request.ip);
    ledger.append({ type: "token", account: account.id, client_id: clientId.data, token: tokenHash(token) });
    return success({
      token,
      user_id: account.id,
      expires_at: new Date(account.tokenExpiresMs ?? clock.nowMs()).toISOString(),
      credits: account.grantedCredits,
    });
  });

  app.post("/api/auth/claim-token", { config: { endpoint: "claim", scope: "write" } }, (request) => {
    const { task_id: taskId, session_id: sessionId } = parseBody(request, claimSchema);
    const session = sessions.find(sessionId, bearerOf(request));
    if (session.taskId !== taskId) throw new ProtocolError("bad_request", "task_id is not the task of this session");
    ledger.append({ type: "claim", session: session.id });
    return success({ claim_token: `clm_${randomBytes(18).toString("base64url")}`, expires_in: CLAIM_LIFE_S });
  });

  app.get("/api/credits/balance/simple", { config: { endpoint: "credits", scope: "read" } }, (request) =>
    success(balanceOf(bearerOf(request), sessions)),
  );
}
