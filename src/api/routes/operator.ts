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

const accountListSchema = z
  .object({
    object: z.literal("list"),
    data: z.array(
      z
        .object({
          account: z.string().describe("Its name, as gates and the pause take it."),
          current: z.boolean().describe("Whether new sessions are made with it."),
          last_used_at: z.iso.datetime().describe("When a session was last made with it."),
        })
        .meta({ id: "Account" }),
    ),
  })
  .meta({ id: "AccountList" });

const sweeperSchema = z
  .object({
    object: z.literal("sweeper"),
    mended: z
      .object({
        job_in_no_queue: z.int().describe("Jobs that were to run and were in no queue."),
        job_waiting_for_nothing: z.int().describe("Jobs whose turn had come and that nothing would have started."),
        event_undelivered: z.int().describe("Final events that nobody was about to deliver."),
        stale_entry: z.int().describe("Entries of jobs that had ended."),
      })
      .describe("How often, since the database is in use. Without crashes all are 0."),
  })
  .meta({ id: "Sweeper" });

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
    method: "GET",
    url: "/v1/operator/accounts",
    schema: {
      ...shared,
      operationId: "listAccounts",
      summary: "List the accounts on the backend",
      description: "Those that sessions were made with, the current one first: their names are what the pause takes.",
      response: { 200: answers("The last 100 accounts.", accountListSchema), ...failures },
    },
    handler: async () => ({
      object: "list" as const,
      data: (await operator.gates.accounts()).map(({ account, lastUsedAtMs }, at) => ({
        account,
        current: at === 0,
        last_used_at: isoTime(lastUsedAtMs),
      })),
    }),
  });

  app.route({
    method: "GET",
    url: "/v1/operator/sweeper",
    schema: {
      ...shared,
      operationId: "getSweeper",
      summary: "See what had to be mended",
      description: "What crashes have left between two steps, found and mended by the sweeper.",
      response: { 200: answers("The counts.", sweeperSchema), ...failures },
    },
    handler: async () => ({ object: "sweeper" as const, mended: await operator.mends.read() }),
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
