import { z } from "zod";

const at = { seq: z.number(), at: z.iso.datetime().transform((text) => Date.parse(text)) };
const schemas = {
  message: z.object({ ...at, session: z.string(), text: z.string(), credits: z.number(), run: z.string() }),
  change: z.object({ ...at, session: z.string(), run: z.string(), draft_sha256: z.string() }),
  run_ended: z.object({ ...at, run: z.string(), outcome: z.enum(["done", "failed"]), credits: z.number() }),
  render: z.object({
    ...at,
    session: z.string(),
    render: z.string(),
    event: z.string(),
    draft_unchanged: z.boolean(),
    draft_sha256: z.string(),
  }),
  upload: z.object({ ...at, session: z.string(), filename: z.string() }),
  fault: z.object({ ...at, endpoint: z.string() }),
} as const;

type Fact<Type extends keyof typeof schemas> = z.output<(typeof schemas)[Type]>;

/** What the local backend has seen, oldest first; `at` in milliseconds. */
export type Ledger = {
  messages: Fact<"message">[];
  changes: Fact<"change">[];
  runsEnded: Fact<"run_ended">[];
  renders: Fact<"render">[];
  uploads: Fact<"upload">[];
  faults: Fact<"fault">[];
};

/** Reads the ledger of the local backend at `url`. */
export async function readLedger(url: string): Promise<Ledger> {
  const [messages, changes, runsEnded, renders, uploads, faults] = await Promise.all([
    factsOf(url, "message", schemas.message),
    factsOf(url, "change", schemas.change),
    factsOf(url, "run_ended", schemas.run_ended),
    factsOf(url, "render", schemas.render),
    factsOf(url, "upload", schemas.upload),
    factsOf(url, "fault", schemas.fault),
  ]);
  return { messages, changes, runsEnded, renders, uploads, faults };
}

async function factsOf<Schema extends z.ZodType>(
  url: string,
  type: string,
  schema: Schema,
): Promise<z.output<Schema>[]> {
  const answer = await fetch(new URL(`/__local/ledger?type=${type}`, url));
  return z.object({ entries: z.array(schema) }).parse(await answer.json()).entries;
}
