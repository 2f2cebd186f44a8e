import { z } from "zod";
import { isoTime, waitingSchema } from "../../domain/waiting.ts";
import { createApiKeys, requireApiKey } from "../authentication.ts";
import type { Gate, Operator } from "../dependencies.ts";
import { answers, problems, type Api } from "../openapi-answers.ts";

const everyAccount = "*";

const gateListSchema = z
  .object({
    object: z.literal("list"),
    data: z.array(
      z
        .object({
          account: z.string().describe("`*` for all."),
          reason: waitingSchema.shape.reason,
          detail: z.string(),
          until: z.iso.datetime().nullable().describe("When it is looked at again; null waits for an operator."),
        })
        .meta({ id: "Gate" }),
    ),
  })
  .meta({ id: "GateList" });

const accountSchema = z
  .strictObject({
    account: z.string().min(1).max(200).default(everyAccount).describe("An account on the backend, as gates name it."),
  })
  .prefault({})
  .meta({ id: "AccountChoice" });

/** What operators see and do: which gates are closed, and the switch that stops all paid sends at once. */
export function addOperatorRoutes(app: Api, operator: Operator, now: () => number): void {
  requireApiKey(app, createApiKeys([{ key: operator.key, tenant: "operator" }]).tenantOf);
  const shared = { tags: ["operators"], security: [{ operatorKey: [] }] };
  const failures = problems("invalid_request", "unauthorized", "internal_error");

  app.route({
    method: "GET",
    url: "/v1/operator/gates",
    schema: {
      ...shared,
      operationId: "listGates",
      summary: "List the closed gates",
      response: { 200: answers("What is held back now, and why.", gateListSchema), ...failures },
    },
    handler: async () => await gateList(operator),
  });

  app.route({
    method: "POST",
    url: "/v1/operator/pause",
    schema: {
      ...shared,
      operationId: "pauseSends",
      summary: "Stop all paid sends at once",
      description:
        "Of one account, or of all. What is under way is seen to its end; jobs that would send wait and say so.",
      body: accountSchema,
      response: { 200: answers("The closed gates.", gateListSchema), ...failures },
    },
    handler: async ({ body: { account } }) => {
      const since = isoTime(now());
      await operator.gates.close({
        account,
        reason: "paused",
        untilMs: null,
        balance: null,
        waiting: { reason: "paused", detail: `An operator has paused paid sends, since ${since}.`, until: null },
      });
      return await gateList(operator);
    },
  });

  app.route({
    method: "POST",
    url: "/v1/operator/resume",
    schema: {
      ...shared,
      operationId: "resumeSends",
      summary: "Let paid sends go on",
      body: accountSchema,
      response: { 200: answers("The gates that are still closed.", gateListSchema), ...failures },
    },
    handler: async ({ body: { account } }) => {
      await operator.openGate({ account, reason: "paused" });
      return await gateList(operator);
    },
  });
}

async function gateList({ gates }: Operator): Promise<z.infer<typeof gateListSchema>> {
  const view = ({ account, reason, waiting, untilMs }: Gate) => ({
    account,
    reason,
    detail: waiting.detail,
    until: untilMs === null ? null : isoTime(untilMs),
  });
  return { object: "list", data: (await gates.closed()).map(view) };
}
