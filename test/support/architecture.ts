import { parseModule, type SourceModule } from "./source-module.ts";

const MAX_LINES = 250;
const FORBIDDEN_NAMES = new Set(["utils", "util", "helpers", "helper", "common", "types", "index"]);
const ENVIRONMENT_READERS = new Set(["config.ts", "local-backend/config.ts"]);
/** Where the OpenAPI document takes its version from. */
const MANIFEST = "../package.json";

/**
 * Which folders each folder may import, besides itself. The root is the composition root, `main.ts` and what lies beside
 * it: it sees all but the local backend, which is another program.
 */
const mayImport: Record<string, readonly string[]> = {
  root: [
    "config.ts",
    "domain",
    "queue",
    "storage",
    "outbound",
    "backend-client",
    "webhooks",
    "inputs",
    "api",
    "workers",
  ],
  "config.ts": ["domain"],
  domain: [],
  queue: ["domain"],
  storage: ["domain"],
  outbound: ["domain"],
  "backend-client": ["domain", "outbound"],
  webhooks: ["domain", "outbound"],
  inputs: ["domain"],
  api: ["domain", "queue", "storage", "outbound", "webhooks"],
  workers: ["domain", "queue", "storage", "outbound", "backend-client", "webhooks", "inputs"],
  "local-backend": [],
};

/** Which folders a library may be imported in. */
const libraryOwners: readonly { library: RegExp; owners: readonly string[] }[] = [
  { library: /^(fastify|@fastify\/.+|fastify-.+)$/, owners: ["api", "local-backend"] },
  { library: /^bullmq$/, owners: ["queue", "workers"] },
  { library: /^undici$/, owners: ["backend-client", "webhooks", "outbound"] },
  { library: /^file-type$/, owners: ["storage", "local-backend"] },
  // What reads bytes of strangers, away from the process that holds secrets.
  {
    library: /^(mammoth|yauzl|unpdf|libheif-js|jpeg-js|heic-convert|@mozilla\/readability|linkedom|eld|chardet)$/,
    owners: ["inputs"],
  },
];

/**
 * Checks source files, given by their path below the source folder, against the rules of the layout.
 * @returns one sentence for each violation
 * @throws when there are no files, since rules that read nothing prove nothing
 */
export function findViolations(sources: ReadonlyMap<string, string>): string[] {
  if (sources.size === 0) throw new Error("There are no source files to check.");
  const modules = new Map([...sources].map(([path, source]) => [path, parseModule(path, source)]));
  const rules = [checkName, checkSize, checkImports, checkLibraries, checkEnvironment, checkBarrel];
  return [
    ...[...modules.values()].flatMap((module) => rules.flatMap((rule) => rule(module, modules))),
    ...findCycles(modules),
  ];
}

function folderOf(path: string): string {
  const [folder, ...rest] = path.split("/");
  if (folder === undefined || folder === "config.ts") return "config.ts";
  return rest.length === 0 ? "root" : folder;
}

function checkName({ path }: SourceModule): string[] {
  const names = path.replace(/(\.d)?\.ts$/, "").split("/");
  return names.flatMap((name) => {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [`${path} is not in kebab-case`];
    return FORBIDDEN_NAMES.has(name) ? [`${path} is not named for what it holds: ${name}`] : [];
  });
}

function checkSize({ path, lines }: SourceModule): string[] {
  return lines > MAX_LINES ? [`${path} has ${lines} lines: more than ${MAX_LINES}`] : [];
}

function checkImports({ path, imports }: SourceModule, modules: ReadonlyMap<string, SourceModule>): string[] {
  const folder = folderOf(path);
  const allowed = mayImport[folder];
  if (allowed === undefined) return [`${path} is in no folder of the layout`];
  return imports.flatMap((target) => {
    if (target === MANIFEST) return [];
    if (!modules.has(target)) return [`${path} imports ${target}, which is no source file`];
    const targetFolder = folderOf(target);
    return targetFolder === folder || allowed.includes(targetFolder) ? [] : [`${path} may not import ${target}`];
  });
}

function checkLibraries({ path, packages }: SourceModule): string[] {
  const folder = folderOf(path);
  return packages.flatMap((name) => {
    if (folder === "domain" && name !== "zod") return [`${path} imports ${name}, but the domain imports only zod`];
    const owned = libraryOwners.find(({ library }) => library.test(name));
    return owned && !owned.owners.includes(folder)
      ? [`${path} imports ${name}, which ${owned.owners.join(", ")} own`]
      : [];
  });
}

function checkEnvironment({ path, readsEnvironment }: SourceModule): string[] {
  return readsEnvironment && !ENVIRONMENT_READERS.has(path) ? [`${path} reads the environment`] : [];
}

function checkBarrel({ path, isBarrel }: SourceModule): string[] {
  return isBarrel ? [`${path} is a barrel`] : [];
}

/** Depth first: an import of a module that is still being visited closes a cycle. */
function findCycles(modules: ReadonlyMap<string, SourceModule>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) cycles.push(`${[...trail.slice(trail.indexOf(path)), path].join(" → ")} is a cycle`);
    if (done.has(path) || trail.includes(path)) return;
    for (const target of modules.get(path)?.imports ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of modules.keys()) visit(path, []);
  return cycles;
}
