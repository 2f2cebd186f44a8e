import { fastifySwagger } from "@fastify/swagger";
import { fastifySwaggerUi } from "@fastify/swagger-ui";
import type { Api } from "./openapi-answers.ts";
import { documentSettings } from "./openapi-document.ts";

/** Everything that the page needs comes from this service, so that it works without the internet. */
const pagePolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Adds the OpenAPI document, made from the schemas of the routes that are added after this, and a page to read it. */
export async function serveOpenApi(app: Api): Promise<void> {
  await app.register(fastifySwagger, documentSettings);
  await app.register(fastifySwaggerUi, {
    routePrefix: "/docs",
    staticCSP: pagePolicy,
    logLevel: "warn",
    theme: { title: "Reelay API", css: [{ filename: "reelay.css", content: pageStyle }] },
    uiConfig: { deepLinking: true, displayRequestDuration: true, defaultModelsExpandDepth: 1 },
  });
  app.get("/openapi.json", { schema: { hide: true } }, async (_request, reply) =>
    reply.header("content-type", "application/json").send(app.swagger()),
  );
}

/** The bar at the top only loads other documents. */
const pageStyle = ".swagger-ui .topbar { display: none }";
