import type { FastifyInstance } from "fastify";
import { InvalidRequest } from "./invalid-request.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Takes JSON, and only JSON. Fastify's own parser reads broken UTF-8 as replacement characters, which would end up in
 * someone's video, and does not say where the JSON is broken.
 */
export function parseJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const text = decode(body);
    if (text === null) return done(invalidBody("it is not valid UTF-8"));
    void parse(request, text, (error, value) => {
      if (error === null) done(null, value);
      else done(invalidBody(whatIsWrong(text)));
    });
  });
}

function decode(body: Buffer): string | null {
  try {
    return utf8.decode(body);
  } catch {
    return null;
  }
}

function whatIsWrong(text: string): string {
  if (text.trim() === "") return "it is empty: send a JSON object";
  try {
    JSON.parse(text);
    return "`__proto__` and `constructor.prototype` are not accepted as names of fields";
  } catch (error) {
    return `it is not valid JSON (${error instanceof Error ? error.message : String(error)})`;
  }
}

function invalidBody(message: string): InvalidRequest {
  return new InvalidRequest([{ in: "body", path: "", message }]);
}
