import { z } from "zod";
import { messageAnswerSchema } from "../../src/api/answer-message.ts";
import { sessionIdSchema, type SessionId } from "../../src/domain/id.ts";
import { jobViewSchema, type JobView } from "../../src/domain/job-view.ts";
import { sessionViewSchema } from "../../src/domain/session.ts";
import { apiKey } from "./quick-settings.ts";

/** The conversation part of a running service, as a user of it would call it. Anything but success is an error. */
export function talkTo({ url }: { url: string }) {
  async function call(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(method === "POST" && { "idempotency-key": crypto.randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`);
    return await answer.json();
  }
  const say = async (id: SessionId, message: object) =>
    messageAnswerSchema.parse(await call("POST", `/v1/sessions/${id}/messages`, message));

  return {
    call,
    say,
    newSession: async (body: object = {}): Promise<SessionId> =>
      z.object({ id: sessionIdSchema }).parse(await call("POST", "/v1/sessions", body)).id,
    session: async (id: SessionId) => sessionViewSchema.parse(await call("GET", `/v1/sessions/${id}`)),
    /** The job that a message starts. */
    ask: async (id: SessionId, message: object): Promise<JobView> => jobViewSchema.parse((await say(id, message)).job),
  };
}
