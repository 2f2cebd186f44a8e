import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { PlannedRun } from "../agent/run.ts";
import { balanceOf } from "../credits.ts";
import { ProtocolError } from "../protocol-error.ts";
import { createRandom } from "../random.ts";
import type { Services } from "../services.ts";
import { createStreamEncoder } from "../stream-dialect.ts";
import { parseBody } from "./body.ts";
import { openEventStream } from "./event-stream.ts";
import { bearerOf } from "./gate.ts";
import { replaceAnswer } from "./misbehave.ts";

const messageSchema = z.object({
  app_name: z.literal("nemo_agent"),
  user_id: z.literal("me"),
  session_id: z.string(),
  new_message: z.object({ parts: z.array(z.object({ text: z.string() })).min(1) }),
});

/** The message stream. What was sent is carried out even if nobody waits for the answer. */
export function addMessageRoute(app: FastifyInstance, services: Services): void {
  app.post("/run_sse", { config: { endpoint: "message", scope: "write" } }, async (request, reply) => {
    const { session_id: sessionId, new_message: message } = parseBody(request, messageSchema);
    const account = bearerOf(request);
    const session = services.sessions.find(sessionId, account);
    const text = message.parts.map((part) => part.text).join("\n");
    if (session.run !== null) throw new ProtocolError("conflict", "The session is busy with another message");
    const { credits } = services.agent.appraise(session, text);
    if (balanceOf(account, services.sessions).available < credits)
      throw new ProtocolError("out_of_credits", "Insufficient credits");
    const { fault } = request;
    const forced = { silent: fault?.silent === true, streamError: fault?.stream_error ?? null };
    const planned = services.agent.start(session, text, forced);

    reply.hijack();
    if (fault !== null && (fault.hang === "after" || fault.reset_after || fault.after_work))
      withhold(request, reply, planned);
    else stream(request, reply, planned, services);
  });
}

function stream(request: FastifyRequest, reply: FastifyReply, { run, feed }: PlannedRun, services: Services): void {
  const { settings, seed, clock } = services;
  const encoder = createStreamEncoder(settings.dialect, run.id, createRandom(seed, run.id, "wire"), clock.nowMs);
  const output = openEventStream(reply.raw, request.fault);
  feed.on("event", (event) => {
    for (const frame of encoder.encode(event)) output.send(frame);
  });
  feed.on("error_event", (error) => output.send(encoder.encodeError(error)));
  feed.on("end", output.end);
  reply.raw.on("close", () => feed.removeAllListeners());
}

/** The run is carried out to its end, and its client never learns of it. */
function withhold(request: FastifyRequest, reply: FastifyReply, { feed }: PlannedRun): void {
  const { fault, raw } = request;
  feed.on("end", () => {
    if (fault?.reset_after === true) raw.socket.resetAndDestroy();
    if (fault?.after_work !== true) return;
    const text = replaceAnswer(reply, fault);
    reply.raw
      .writeHead(
        reply.statusCode,
        Object.entries(reply.getHeaders()).flatMap(([name, value]) => [name, String(value)]),
      )
      .end(text);
  });
}
