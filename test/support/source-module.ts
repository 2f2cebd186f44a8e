import { dirname, join } from "node:path/posix";
import { parseSync, Visitor, type ParseResult, type VisitorObject } from "oxc-parser";

/** What the rules of the architecture need to know about one source file. Paths are relative to the source folder. */
export type SourceModule = {
  path: string;
  lines: number;
  /** Modules of the project that it refers to, by whichever kind of import, types included. */
  imports: string[];
  /** Packages, by name, and Node's own modules, as `node:fs`. */
  packages: string[];
  readsEnvironment: boolean;
  /** It holds nothing but exports of what other modules hold. */
  isBarrel: boolean;
};

type Statement = ParseResult["program"]["body"][number];

/** @throws if the source is not valid TypeScript, or imports what no parser can see */
export function parseModule(path: string, source: string): SourceModule {
  const { program, errors } = parseSync(path, source);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const specifiers: string[] = [];
  let readsEnvironment = false;
  const noteImport = (node: { source: { type: string; value?: unknown } | null }) => {
    if (node.source === null) return;
    if (typeof node.source.value !== "string") throw new Error(`${path}: an import must name its module`);
    specifiers.push(node.source.value);
  };
  const visitor: VisitorObject = {
    ImportDeclaration: noteImport,
    ExportNamedDeclaration: noteImport,
    ExportAllDeclaration: noteImport,
    ImportExpression: noteImport,
    TSImportType: noteImport,
    MemberExpression({ object, property }) {
      const isProcess = object.type === "Identifier" && object.name === "process";
      if (!isProcess) return;
      readsEnvironment ||= property.type === "Identifier" ? property.name === "env" : property.type === "Literal";
    },
  };
  new Visitor(visitor).visit(program);
  const isRelative = (specifier: string) => specifier.startsWith(".");
  const packages = specifiers.filter((specifier) => !isRelative(specifier)).map(packageName);
  return {
    path,
    lines: source.trimEnd().split("\n").length,
    imports: specifiers.filter(isRelative).map((specifier) => join(dirname(path), specifier)),
    packages,
    readsEnvironment: readsEnvironment || packages.includes("node:process"),
    isBarrel: program.body.some(isReExport) && program.body.every((node) => isReExport(node) || isImport(node)),
  };
}

function isImport({ type }: Statement): boolean {
  return type === "ImportDeclaration";
}

function isReExport(node: Statement): boolean {
  if (node.type === "ExportAllDeclaration") return true;
  return node.type === "ExportNamedDeclaration" && node.declaration === null && node.specifiers.length > 0;
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") || specifier.startsWith("node:") ? 2 : 1)
    .join("/");
}
