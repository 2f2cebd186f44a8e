import type { FastifyInstance } from "fastify";
import { JobFailure } from "../domain/failure.ts";

/**
 * Makes known paths answer 405 with `Allow`, instead of 404, to methods that they do not take.
 * Call it before the routes are added, and the function that it returns after.
 */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const allowed = new Map<string, Set<string>>();
  let isCollecting = true;
  app.addHook("onRoute", ({ url, method, schema }) => {
    if (!isCollecting || schema?.hide === true) return;
    const methods = allowed.get(url) ?? new Set();
    allowed.set(url, methods);
    for (const one of [method].flat()) methods.add(one);
  });

  return () => {
    isCollecting = false;
    for (const [url, methods] of allowed) {
      const allow = [...methods].toSorted().join(", ");
      app.route({
        url,
        method: app.supportedMethods.filter((method) => !methods.has(method)),
        schema: { hide: true },
        // Before the body is read, as with paths that do not exist.
        onRequest: async (request, reply) => {
          reply.header("allow", allow);
          throw new JobFailure("method_not_allowed", `It takes ${allow}; not ${request.method}.`);
        },
        handler: () => undefined,
      });
    }
  };
}
