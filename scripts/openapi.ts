/**
 * Writes `openapi/openapi.json` (or the file that is named) from the schemas that the API validates with.
 * With `--check` it writes nothing, and exits with 1 when the file is not what it would write.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { createApi } from "../src/api/app.ts";

/** The document as text, from an API that is never asked anything. */
async function generate(): Promise<string> {
  const unused = (): never => {
    throw new Error("The API is only made for its description");
  };
  const api = await createApi({
    logger: pino({ level: "silent" }),
    now: unused,
    newId: unused,
    tenantOf: unused,
    jobs: { submit: unused, load: unused, list: unused },
    sessions: { make: unused, load: unused, list: unused },
    backend: { credits: unused, session: unused, claim: unused },
    events: { follow: unused },
    files: { save: unused, load: unused },
    idempotency: { reserve: unused, settle: unused, release: unused },
    storage: { put: unused, pathOf: unused, remove: unused },
    recogniseFile: unused,
    measureDurationMs: unused,
    checkUrl: unused,
    checks: [],
    onAccepted: unused,
    isUnavailable: unused,
    control: { cancel: unused },
    operator: {
      key: "",
      gates: { closed: unused, close: unused, accounts: unused },
      openGate: unused,
      mends: { read: unused },
    },
  });
  const document = api.swagger();
  await api.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}

const { values, positionals } = parseArgs({
  options: { check: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [file = fileURLToPath(new URL("../openapi/openapi.json", import.meta.url))] = positionals;
const name = relative(process.cwd(), file);
const fresh = await generate();
if (values.check) {
  const kept = await readFile(file, "utf8").catch(() => null);
  if (kept !== fresh) {
    console.error(
      `${name} is ${kept === null ? "missing" : "stale"}: run \`npm run openapi\` and commit what it writes.`,
    );
    process.exitCode = 1;
  }
} else {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, fresh);
  console.log(`Wrote ${name}`);
}
