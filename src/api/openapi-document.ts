import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import { z } from "zod";
import { webhookEvents, type WebhookEvent } from "../domain/job-request.ts";
import { jobViewSchema } from "../domain/job-view.ts";
import packageJson from "../../package.json" with { type: "json" };
import { tidy } from "./openapi-tidy.ts";

const zodToJsonConfig: NonNullable<Parameters<typeof createJsonSchemaTransform>[0]["zodToJsonConfig"]> = {
  override({ zodSchema, jsonSchema }) {
    if (zodSchema instanceof z.ZodUndefined) jsonSchema.type = "null";
    // Answers gain fields over time; a client that was generated from this document must not choke on them.
    if (zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined) {
      delete jsonSchema.additionalProperties;
    }
  },
};
const addSchemas = createJsonSchemaTransformObject({ zodToJsonConfig });

const description = `Turns a script, a document, a page, photos or clips into a finished MP4.

Submit a job with \`POST /v1/jobs\`; then wait for its webhook, watch its events, or ask for it. What it made is at
\`result.video\`. Every problem is an \`application/problem+json\` document with a \`code\` from one closed list, which failed jobs
and webhooks use too.`;

/** The body of a webhook. Registered, so that it is part of the document. */
z.object({
  type: z.enum(webhookEvents),
  timestamp: z.iso.datetime().describe("When the job ended."),
  data: jobViewSchema,
}).meta({ id: "WebhookEvent", description: "The body of a webhook." });

const webhookSummaries: Record<WebhookEvent, string> = {
  "job.succeeded": "A job has succeeded",
  "job.failed": "A job has failed",
  "job.canceled": "A job was canceled",
};

function webhook(event: WebhookEvent) {
  const header = (name: string, text: string) => ({
    name,
    in: "header" as const,
    required: true,
    description: text,
    schema: { type: "string" as const },
  });
  return {
    post: {
      operationId: `on${event.replaceAll(/(?:^|\.)(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
      summary: webhookSummaries[event],
      description:
        "Signed and retried per [Standard Webhooks](https://www.standardwebhooks.com). It may arrive more than once, always under the same `webhook-id`.",
      security: [],
      parameters: [
        header("webhook-id", "The same for every delivery of this event."),
        header("webhook-timestamp", "Seconds since the epoch, of this attempt."),
        header("webhook-signature", "`v1,` and the base64 HMAC-SHA256 of id, timestamp and body, joined by dots."),
      ],
      requestBody: {
        required: true,
        content: { "application/json": { schema: { $ref: "#/components/schemas/WebhookEvent" } } },
      },
      responses: {
        "2XX": { description: "Received. Anything else, and no answer in time, is tried again." },
      },
    },
  };
}

export const documentSettings: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: "3.1.0",
    info: {
      title: "Reelay",
      version: packageJson.version,
      summary: "From a script to a finished video.",
      description,
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "jobs", description: "What Reelay does for you." },
      { name: "sessions", description: "Conversations: messages and jobs that build on each other." },
      { name: "credits", description: "What the account on the backend has left." },
      { name: "skills", description: "What can be made of what, and how to ask for it." },
      { name: "files", description: "What jobs take, and what they make." },
      { name: "problems", description: "What can go wrong." },
      { name: "health", description: "For load balancers and orchestrators." },
    ],
    security: [{ apiKey: [] }],
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "An API key of Reelay." },
        operatorKey: { type: "http", scheme: "bearer", description: "The operators' key, where one is set." },
      },
    },
    webhooks: Object.fromEntries(webhookEvents.map((event) => [event, webhook(event)])),
  },
  convertConstToEnum: false,
  transform: createJsonSchemaTransform({ zodToJsonConfig }),
  transformObject: (document) => tidy(addSchemas(document)),
};
