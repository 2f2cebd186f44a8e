import type { SwaggerTransformObject } from "@fastify/swagger";
import { z } from "zod";

const operationSchema = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).optional(),
  responses: z.record(z.string(), z.looseObject({})),
});
type Operation = z.infer<typeof operationSchema>;
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  webhooks: z.json(),
  components: z.looseObject({ schemas: z.record(z.string(), z.json()) }),
});
type Document = z.infer<typeof documentSchema>;
type OpenApiDocument = ReturnType<SwaggerTransformObject>;
type Schemas = Document["components"]["schemas"];

const schemaRef = /"#\/components\/schemas\/([^"]+)"/g;

/**
 * Makes the generated document fit to be read: one name for each schema that is the same in requests and answers, none that
 * nothing refers to, header names as they are usually written, and the headers of answers, which the generator drops.
 */
export function tidy(generated: object): OpenApiDocument {
  const document = documentSchema.parse(JSON.parse(JSON.stringify(generated)));
  const { paths, webhooks, components, ...head } = withUsedSchemas(withoutTwins(document));
  return {
    ...head,
    paths: mapValues(paths, (path) => mapValues(path, tidyOperation)),
    webhooks,
    components: { ...components, headers: mapValues(answerHeaders, headerOf) },
  } as OpenApiDocument;
}

const usualNames: Record<string, string> = {
  "idempotency-key": "Idempotency-Key",
  "last-event-id": "Last-Event-ID",
};

const answerHeaders = {
  "X-Request-Id": "Names this request in the logs.",
  Location: "Where the resource is.",
  "WWW-Authenticate": "How to authenticate.",
  "Retry-After": "Seconds to wait.",
};
const headersOfStatus: Record<string, readonly (keyof typeof answerHeaders)[]> = {
  "201": ["Location"],
  "202": ["Location"],
  "401": ["WWW-Authenticate"],
  "409": ["Retry-After"],
  "429": ["Retry-After"],
  "502": ["Retry-After"],
  "503": ["Retry-After"],
};

function tidyOperation({ parameters, responses, ...head }: Operation): object {
  const renamed = parameters?.map((parameter) => ({
    ...parameter,
    name: usualNames[parameter.name] ?? parameter.name,
  }));
  const withHeaders = Object.entries(responses).map(([status, response]) => {
    const names = ["X-Request-Id", ...(headersOfStatus[status] ?? [])];
    const refs = names.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
    return [status, { ...response, headers: Object.fromEntries(refs) }];
  });
  return { ...head, parameters: renamed, responses: Object.fromEntries(withHeaders) };
}

function headerOf(description: string): object {
  return { description, schema: { type: "string" } };
}

function mapValues<From, To>(record: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** The generator writes every schema twice, as `X` for answers and as `XInput` for requests. */
function withoutTwins(document: Document): Document {
  const used = usedSchemas(document);
  const { schemas } = document.components;
  const same = (a: string, b: string): boolean => {
    const shapeOf = (name: string): string =>
      JSON.stringify(schemas[name]).replaceAll(schemaRef, (_, to: string) => baseOf(to, schemas));
    return shapeOf(a) === shapeOf(b);
  };
  const renamed = new Map<string, string>();
  for (const name of Object.keys(schemas)) {
    const base = baseOf(name, schemas);
    if (base !== name && (!used.has(base) || same(name, base))) renamed.set(name, base);
  }
  const text = JSON.stringify(document).replaceAll(
    schemaRef,
    (_, name: string) => `"#/components/schemas/${renamed.get(name) ?? name}"`,
  );
  const result = documentSchema.parse(JSON.parse(text));
  for (const [name, base] of renamed) {
    const schema = result.components.schemas[name];
    if (schema !== undefined) result.components.schemas[base] = schema;
  }
  return result;
}

function baseOf(name: string, schemas: Schemas): string {
  const base = name.replace(/Input$/, "");
  return base in schemas ? base : name;
}

function withUsedSchemas(document: Document): Document {
  const used = usedSchemas(document);
  const kept = Object.entries(document.components.schemas)
    .filter(([name]) => used.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...document,
    components: { ...document.components, schemas: Object.fromEntries(kept) },
  };
}

/** The schemas that the operations and webhooks refer to, directly or through others. */
function usedSchemas({ components, ...rest }: Document): Set<string> {
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(schemaRef)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      visit(components.schemas[name]);
    }
  };
  visit(rest);
  return used;
}
