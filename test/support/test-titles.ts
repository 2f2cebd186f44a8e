import { parseSync, Visitor, type VisitorObject } from "oxc-parser";

type CallExpression = Parameters<NonNullable<VisitorObject["CallExpression"]>>[0];

/** A test by its titles, outermost first, as written in the source: a table's title keeps its placeholders. */
export type TestPath = { titles: string[]; isTable: boolean };

export type TestFile = {
  tests: TestPath[];
  /** Every string in the file, so that a row of a table can be named by its first cell. */
  strings: ReadonlySet<string>;
};

const kinds: Record<string, "group" | "test"> = { describe: "group", it: "test", test: "test" };

/** Reads what tests a file holds. Those that are skipped or only planned do not count. */
export function testsIn(path: string, source: string): TestFile {
  const { program, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const tests: TestPath[] = [];
  const strings = new Set<string>();
  const groups: string[] = [];
  new Visitor({
    CallExpression(call) {
      const title = titleOf(call);
      const kind = kindOf(call.callee);
      if (title === null || kind === null) return;
      if (kind.name === "group") groups.push(title);
      else tests.push({ titles: [...groups, title], isTable: kind.isTable });
    },
    "CallExpression:exit"(call) {
      if (titleOf(call) !== null && kindOf(call.callee)?.name === "group") groups.pop();
    },
    Literal({ value }) {
      if (typeof value === "string") strings.add(value);
    },
    TemplateElement({ value }) {
      strings.add(value.cooked ?? "");
    },
  }).visit(program);
  return { tests, strings };
}

/** Whether it is `describe`, `it`, `it.each(table)` and their like that is called; null for all else, and for what is skipped. */
function kindOf(callee: CallExpression["callee"]): { name: "group" | "test"; isTable: boolean } | null {
  if (callee.type === "Identifier") {
    const name = kinds[callee.name];
    return name === undefined ? null : { name, isTable: false };
  }
  if (callee.type !== "CallExpression" || callee.callee.type !== "MemberExpression") return null;
  const { object, property } = callee.callee;
  const isEach = property.type === "Identifier" && (property.name === "each" || property.name === "for");
  const inner = isEach ? kindOf(object) : null;
  return inner && { ...inner, isTable: true };
}

function titleOf(call: CallExpression): string | null {
  const [title] = call.arguments;
  if (title?.type === "Literal" && typeof title.value === "string") return title.value;
  if (title?.type === "TemplateLiteral" && title.expressions.length === 0) return title.quasis[0]?.value.cooked ?? null;
  return null;
}
