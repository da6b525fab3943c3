/**
 * Checks who imports whom: which room of the house may reach which, how the layers of the API lie on each other, and
 * the few things that have exactly one door (the environment, the Prisma client). What is
 * allowed is data, in house.ts.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import {
  apiLayers,
  banned,
  environment,
  house,
  namedAtRunTime,
  prismaHome,
  type Room,
  scannedAnyway,
  unscanned,
} from "./house.ts";
import { runCheck } from "./run-check.ts";
import { type Import, lineAt, readImports, scanSource } from "./source-text.ts";

export interface Violation {
  file: string;
  line: number;
  /** What the line does, as in `imports pg`. */
  does: string;
  rule: string;
}

interface SourceFile {
  path: string;
  folder: string;
  room: Room;
  code: string;
  strings: readonly string[];
  imports: readonly Import[];
}

/** Every arrow in the tree at `root` that points where it may not. */
export function checkArrows(root: string): Violation[] {
  const files = Object.entries(house).flatMap(([folder, room]) =>
    sourcePaths(root, folder).map((path): SourceFile => {
      const text = scanSource(readFileSync(join(root, path), "utf8"));
      return { path, folder, room, ...text, imports: readImports(text) };
    }),
  );
  const strangers = ["packages", "apps"].flatMap((parent) => strangersIn(root, parent));
  const perFile = files.flatMap((file) => [
    ...file.imports.flatMap((imported) => checkImport(file, imported)),
    ...checkBanned(file),
  ]);
  return [...strangers, ...perFile, ...checkEnvironment(files), ...checkPrismaClient(files)].toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line,
  );
}

function checkImport(file: SourceFile, imported: Import): Violation[] {
  const { specifier, line } = imported;
  const violation = (rule: string) => [{ file: file.path, line, does: `imports ${specifier}`, rule }];

  if (specifier === "*") {
    if (namedAtRunTime.some((allowed) => allowed.file === file.path)) return [];
    return violation("a name known only at run time cannot be checked; write it as a string");
  }
  if (specifier.startsWith("/") || specifier.startsWith("file:")) {
    return violation("no absolute paths; import relative to the file, or by the package's name");
  }
  const target = specifier.startsWith(".") ? posix.join(posix.dirname(file.path), specifier) : undefined;
  if (
    /(?:^|\/)generated(?:\/|$)/.test(target ?? specifier) &&
    isPrismaGenerated(specifier, target) &&
    !file.path.startsWith(prismaHome)
  ) {
    return violation(
      "the generated Prisma client stays inside packages/db/src; use what @projostack/db exports",
    );
  }
  if (target !== undefined) {
    if (!target.startsWith(`${file.folder}/`)) {
      return violation("a relative import stays in its package; import the other package by its name");
    }
    return checkLayers(file, target).flatMap(violation);
  }
  return specifier.startsWith("#") ? [] : checkDoor(file, imported).flatMap(violation);
}

function checkDoor({ path, folder, room }: SourceFile, { specifier, typeOnly }: Import): string[] {
  const door = isSource(path, folder) ? room.source : (room.beside ?? room.source);
  const name = isBuiltin(specifier) && !specifier.startsWith("node:") ? `node:${specifier}` : specifier;
  const inHouse = name.startsWith("@projostack/");

  if (matches(room.name, name)) return [];
  if (door.rooms.some((allowed) => matches(allowed, name))) return [];
  if (typeOnly && door.types?.some((allowed) => matches(allowed, name))) return [];
  if (inHouse || door.never?.some((forbidden) => matches(forbidden, name))) return [door.says];
  return door.only && !door.only.some((allowed) => matches(allowed, name)) ? [door.says] : [];
}

function checkLayers({ path, folder }: SourceFile, target: string): string[] {
  const src = "apps/api/src/";
  if (!path.startsWith(src) || !isSource(path, folder) || target === "apps/api/package.json") return [];
  const [from, to] = [path.slice(src.length), target.startsWith(src) ? target.slice(src.length) : "../"];
  const [fromLayer, toLayer] = [layerOf(from), layerOf(to)];
  const order = "main -> server -> http, router -> features -> rpc -> infra, config";

  if (fromLayer === -1)
    return [`${from} is in no layer; move it into one of ${order}, or name its layer in the table`];
  if (toLayer === -1)
    return [`${posix.basename(target)} is in no layer of apps/api/src; move it into one of ${order}`];
  if (toLayer < fromLayer)
    return [`that layer lies above this one (${order}); pass it in as an argument, or move it down`];

  const [feature, otherFeature] = [from, to].map((file) => /^features\/([^/]+)/.exec(file)?.[1]);
  const isRouter = /(?:^|[/.])router\.[cm]?ts$/.test(to);
  if (fromLayer === layerOf("features/") && feature !== otherFeature && isRouter) {
    return ["a feature calls another feature's function with the same workspace, never its router"];
  }
  return [];
}

function layerOf(file: string): number {
  return apiLayers.findIndex((layer) =>
    layer.some((part) => (part.endsWith("/") ? file.startsWith(part) : file === part)),
  );
}

function checkBanned({ path, code, strings }: SourceFile): Violation[] {
  const named = [...code.matchAll(banned)].map((match) => ({ name: match[0], index: match.index }));
  const indexed = [...code.matchAll(/[\w$)\]]\s*(?:\?\.\s*)?\[\s*"(\d+)"\s*\]/g)].flatMap((match) =>
    [...(strings[Number(match[1])] ?? "").matchAll(banned)].map(([name]) => ({ name, index: match.index })),
  );
  return [...named, ...indexed].map(({ name, index }) => ({
    file: path,
    line: lineAt(code, index),
    does: `uses ${name}`,
    rule: "a query put together from strings can be injected into; use the tagged form, $queryRaw`...`",
  }));
}

function checkEnvironment(files: readonly SourceFile[]): Violation[] {
  const readers = files
    .filter(({ path, folder }) => isSource(path, folder))
    .filter(({ path }) => !environment.allowed.some(({ under }) => path.startsWith(under)))
    .flatMap((file) =>
      environmentReads(file).map((line) => ({ file: file.path, line, does: "reads process.env" })),
    );

  const never = readers
    .filter(({ file }) => environment.never.some((under) => file.startsWith(under)))
    .map((reader) => ({ ...reader, rule: "a package takes its settings as arguments; an app reads them" }));

  const single = environment.single.flatMap(({ under, within }) => {
    const here = readers.filter(({ file }) => file.startsWith(under));
    const home = here.find(({ file }) => file.startsWith(within))?.file;
    return here
      .filter(({ file }) => file !== home)
      .map((reader) => ({
        ...reader,
        rule: `one file under ${within} reads it (${home ?? "none yet"}); pass the setting on from there`,
      }));
  });
  return [...never, ...single];
}

function environmentReads({ code, strings, imports }: SourceFile): number[] {
  const direct = [
    ...code.matchAll(
      /\bprocess\s*\??\.\s*env\b|\{[^{}]*\benv\b[^{}]*\}\s*=\s*(?:globalThis\s*\.\s*)?process\b(?!\s*\.)/g,
    ),
  ];
  const indexed = [...code.matchAll(/\bprocess\s*\[\s*"(\d+)"/g)].filter(
    (match) => strings[Number(match[1])] === "env",
  );
  const imported = imports.filter(
    ({ specifier, names }) =>
      /^(?:node:)?process$/.test(specifier) && names.some(({ name }) => name === "env"),
  );
  return [
    ...[...direct, ...indexed].map(({ index }) => lineAt(code, index)),
    ...imported.map(({ line }) => line),
  ];
}

function checkPrismaClient(files: readonly SourceFile[]): Violation[] {
  const uses = files
    .filter(({ path }) => path.startsWith(prismaHome))
    .flatMap((file) =>
      file.imports
        .filter((imported) => holdsPrismaClient(file, imported))
        .map(({ line }) => ({ file: file.path, line })),
    );
  if (new Set(uses.map(({ file }) => file)).size <= 1) return [];
  return uses.map((use) => ({
    ...use,
    does: "imports PrismaClient",
    rule: "one file of packages/db/src makes the client; import the type elsewhere, and take the client as an argument",
  }));
}

function holdsPrismaClient({ path }: SourceFile, { specifier, names }: Import): boolean {
  const target = specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : undefined;
  const whole = isPrismaGenerated(specifier, target) || matches("@prisma/client", specifier);
  const entry = /(?:^|\/)client(?:\.[cm]?[jt]s)?$/.test(specifier);
  return names.some(
    ({ name, typeOnly }) =>
      !typeOnly && (name === "PrismaClient" || (whole && entry && /^(?:\*|default)$/.test(name))),
  );
}

function isPrismaGenerated(specifier: string, target: string | undefined): boolean {
  return target === undefined
    ? matches("@projostack/db", specifier)
    : target.startsWith(`${prismaHome}generated`);
}

function isSource(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/src/`) && !/\.(?:test|test-d|bench)\.[cm]?[jt]sx?$/.test(path);
}

function matches(pattern: string, name: string): boolean {
  if (pattern.endsWith("*")) return name.startsWith(pattern.slice(0, -1));
  return name === pattern || name.startsWith(`${pattern}/`);
}

function strangersIn(root: string, parent: string): Violation[] {
  return entries(join(root, parent))
    .filter(
      (entry) =>
        !(`${parent}/${entry.name}` in house) && existsSync(join(root, parent, entry.name, "package.json")),
    )
    .map((entry) => ({
      file: `${parent}/${entry.name}`,
      line: 1,
      does: "imports nobody knows what",
      rule: "a room without a line in the table of scripts/check-arrows.ts; add what it may import",
    }));
}

function sourcePaths(root: string, folder: string): string[] {
  return entries(join(root, folder)).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      const skip = entry.name.startsWith(".") || (unscanned.has(entry.name) && path !== scannedAnyway);
      return skip ? [] : sourcePaths(root, path);
    }
    return /\.[cm]?[jt]sx?$/.test(entry.name) ? [path] : [];
  });
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // bench/ and others may not be there; anything but absence is a fault.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

runCheck(import.meta, (root) =>
  checkArrows(root).map(({ file, line, does, rule }) => `${file}:${line} ${does}: ${rule}`),
);
