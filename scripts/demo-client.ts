import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { jobEventSchema, type JobEvent } from "../src/domain/job-event.ts";
import { jobViewSchema, type JobView } from "../src/domain/job-view.ts";

/** The API as a user of it would call it. Failures are thrown with what the problem document says. */
export function createDemoClient(apiUrl: string, apiKey: string) {
  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${apiKey}`);
    const response = await fetch(new URL(path, apiUrl), { ...init, headers });
    if (!response.ok)
      throw new Error(`${init.method ?? "GET"} ${path} was answered with ${response.status}: ${await response.text()}`);
    return response;
  }

  function bodyOf(response: Response): ReadableStream<Uint8Array> {
    if (response.body === null) throw new Error("The answer has no body");
    return response.body;
  }

  return {
    async upload(path: string): Promise<string> {
      const form = new FormData();
      form.append("file", await openAsBlob(path), basename(path));
      const answer: unknown = await (await call("/v1/files", { method: "POST", body: form })).json();
      return String(answer !== null && typeof answer === "object" ? Reflect.get(answer, "id") : "");
    },
    async submit(request: object): Promise<JobView> {
      const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
      const answer = await call("/v1/jobs", { method: "POST", headers, body: JSON.stringify(request) });
      return jobViewSchema.parse(await answer.json());
    },
    job: async (id: string): Promise<JobView> => jobViewSchema.parse(await (await call(`/v1/jobs/${id}`)).json()),
    async *events(id: string): AsyncGenerator<JobEvent> {
      const stream = bodyOf(await call(`/v1/jobs/${id}/events`))
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      for await (const { data } of stream) yield jobEventSchema.parse(JSON.parse(data));
    },
    content: async (fileId: string): Promise<ReadableStream<Uint8Array>> =>
      bodyOf(await call(`/v1/files/${fileId}/content`)),
  };
}
