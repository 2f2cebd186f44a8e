import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { JobFailure } from "../../domain/failure.ts";
import type { ApiDeps, ApiLimits, ReadinessCheck } from "../dependencies.ts";
import { answers, problems, type Api } from "../openapi-answers.ts";
import { noteFact } from "../request-log.ts";

const aliveSchema = z.object({ status: z.literal("alive") });
const readySchema = z.object({ status: z.literal("ready") });

export function addHealthRoutes(app: Api, { checks }: Pick<ApiDeps, "checks">, { checkTimeoutMs }: ApiLimits): void {
  app.route({
    method: "GET",
    url: "/livez",
    schema: {
      operationId: "isAlive",
      tags: ["health"],
      summary: "Is the process alive?",
      security: [],
      response: { 200: answers("It is.", aliveSchema), ...problems("internal_error") },
    },
    handler: async () => ({ status: "alive" as const }),
  });

  app.route({
    method: "GET",
    url: "/readyz",
    schema: {
      operationId: "isReady",
      tags: ["health"],
      summary: "Can it take requests?",
      security: [],
      response: {
        200: answers("It can.", readySchema),
        ...problems("not_ready", "internal_error"),
      },
    },
    handler: async (request) => {
      const outcomes = await Promise.all(checks.map((check) => failureOf(check, checkTimeoutMs)));
      const failures = outcomes.filter((failure) => failure !== null);
      if (failures.length > 0) {
        noteFact(request, { failures });
        const names = failures.map(({ name }) => name).join(", ");
        throw new JobFailure("not_ready", `Not available: ${names}.`);
      }
      return { status: "ready" as const };
    },
  });
}

async function failureOf(
  { name, check }: ReadinessCheck,
  timeoutMs: number,
): Promise<{ name: string; reason: string } | null> {
  const timer = new AbortController();
  try {
    const timedOut = sleep(timeoutMs, "timeout" as const, timer);
    const outcome = await Promise.race([check(), timedOut]);
    return outcome === "timeout" ? { name, reason: `no answer within ${timeoutMs} ms` } : null;
  } catch (error) {
    return { name, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    timer.abort();
  }
}
