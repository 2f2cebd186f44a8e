import type { TestFile } from "./test-titles.ts";

const heading = "## Not covered yet";
const separator = " › ";

/** Reads a test file below `test/`; null where there is none. */
type ReadTests = (path: string) => TestFile | null;

/**
 * Compares the rules of the protocol with the tests that are named for them.
 * @returns one sentence for each rule without a test, and for each name that names nothing
 * @throws when the protocol holds no rules, since a check that read nothing proves nothing
 */
export function coverageGaps(protocol: string, coverage: string, readTests: ReadTests): string[] {
  const rules = idsIn(protocol);
  if (rules.length === 0) throw new Error("The protocol holds no rules.");
  const [covered = "", notYet = ""] = coverage.split(heading);
  const named = namesByRule(covered);
  const open = idsIn(notYet);
  const listed = [...named.keys(), ...open];
  return [
    ...twiceIn(rules).map((id) => `${id} is two rules of the protocol`),
    ...twiceIn(listed).map((id) => `${id} is listed twice`),
    ...listed.filter((id) => !rules.includes(id)).map((id) => `${id} is no rule of the protocol`),
    ...rules.filter((id) => !open.includes(id) && (named.get(id) ?? []).length === 0).map((id) => `${id} has no test`),
    ...[...named].flatMap(([id, names]) =>
      names.filter((name) => !exists(name, readTests)).map((name) => `${id} names a test that does not exist: ${name}`),
    ),
  ];
}

/** Rules stand at the beginning of a line, as `- **X1**`. */
function idsIn(text: string): string[] {
  return [...text.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, id]) => id ?? "");
}

function namesByRule(text: string): Map<string, string[]> {
  const sections = text.split(/^(?=- \*\*[A-Z]\d+\*\*)/m).flatMap((section) => {
    const [id] = idsIn(section);
    const names = [...section.matchAll(/^ {2}- `(.+)`$/gm)].map(([, name]) => name ?? "");
    return id === undefined ? [] : [[id, names] as const];
  });
  return new Map(sections);
}

function exists(name: string, readTests: ReadTests): boolean {
  const [path = "", ...titles] = name.split(separator);
  const file = readTests(path);
  if (file === null) return false;
  const isNamed = (parts: string[]) => parts.length > 0 && parts.join(separator) === titles.join(separator);
  const [row, table] = [titles.at(-1) ?? "", titles.slice(0, -1).join(separator)];
  return file.tests.some(
    (test) => isNamed(test.titles) || (test.isTable && test.titles.join(separator) === table && file.strings.has(row)),
  );
}

function twiceIn(ids: readonly string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}
