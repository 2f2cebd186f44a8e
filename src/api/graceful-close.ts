import type { FastifyInstance } from "fastify";
import type { ApiLimits } from "./dependencies.ts";

/**
 * Lets `app.close()` end as soon as the requests under way are answered, and after `drainMs` in any case. Left to itself it also
 * waits for connections that have never sent a request, and for those whose request was under way when it began: neither
 * counts as idle.
 */
export function closeGracefully(app: FastifyInstance, { drainMs }: Pick<ApiLimits, "drainMs">): void {
  let underWay = 0;
  let isClosing = false;
  let deadline: NodeJS.Timeout | undefined;
  const endWhenAnswered = (): void => {
    if (isClosing && underWay === 0) app.server.closeAllConnections();
  };

  app.addHook("onRequest", async (_request, reply) => {
    underWay += 1;
    reply.raw.once("close", () => {
      underWay -= 1;
      endWhenAnswered();
    });
  });
  app.addHook("preClose", async () => {
    isClosing = true;
    deadline = setTimeout(() => app.server.closeAllConnections(), drainMs);
    // Once the server has stopped listening, which it does right after this hook.
    setImmediate(endWhenAnswered);
  });
  app.addHook("onClose", async () => clearTimeout(deadline));
}
