// Compiles a program for each subpath of the SDK in each kind of TypeScript project, and prints the matrix.
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import {
  compilers,
  inapplicable,
  inapplicableReason,
  kinds,
  platformOptions,
  TRPC_LIBRARY,
  platforms,
  resolutions,
  type Compiler,
  type Inapplicable,
  type Kind,
} from "./cells.ts";
import { compileProject } from "./compile.ts";
import { copyProgram, createProject, type Packed } from "./project.ts";
import { columns, inParallel, type Section } from "./report.ts";
import { subpaths, type Subpath } from "./subpaths.ts";

interface Cell extends Kind {
  readonly subpath: Subpath;
  readonly result: "ok" | "FAILED" | Inapplicable;
  /** The output of the compiler. */
  readonly output: string;
}

/**
 * Compiles the whole matrix. The short form has the oldest and the newest compiler and the newest one in JavaScript, and compiles the
 * subpaths without peers in one project also where no types of a platform are present, except with the resolution "nodenext, ESM". The
 * declarations of other packages are checked by the newest compiler alone.
 */
export async function compileMatrix(packed: Packed, tools: string, isShort: boolean): Promise<Section> {
  const compile = await createCompile(packed, tools, isShort);
  const compiled = kinds.filter(({ compiler }) => !isShort || shortCompilers.includes(compiler));
  const cells = await inParallel(
    availableParallelism(),
    compiled.map((kind) => () => compileKind(kind, compile, isCompiledAlone(kind, isShort))),
  );
  const all = cells.flat();
  return {
    title: "Types: strict, without skipLibCheck",
    lines: [
      ...table(all),
      "",
      ...Object.entries(inapplicable).map(([letter, reason]) => `${letter}: does not apply. ${reason}`),
    ],
    problems: [
      ...all.filter(({ result }) => result === "FAILED").map((cell) => `${nameOf(cell)}:\n${cell.output}`),
      ...(await refuteExceptions(compile, compiled)),
    ],
  };
}

/** Those of the short form. */
const shortCompilers = [compilers[0], ...compilers.slice(-2)];

/** Compiles programs in a kind of project. @returns the compiler's output; empty on success */
type Compile = (
  kind: Kind,
  programs: readonly string[],
  options: { readonly withPeers: boolean; readonly checksOthers?: boolean },
) => Promise<string>;

async function createCompile(packed: Packed, tools: string, isShort: boolean): Promise<Compile> {
  const peers = [...new Set(subpaths.flatMap(({ packages }) => packages)), "@types/react"];
  const projects = {
    bare: await createProject(packed, "types-bare", tools, []),
    node: await createProject(packed, "types-node", tools, ["@types/node"]),
    barePeers: await createProject(packed, "types-bare-peers", tools, peers),
    nodePeers: await createProject(packed, "types-node-peers", tools, ["@types/node", ...peers]),
  };
  let count = 0;
  return async ({ compiler, resolution, platform }, programs, { withPeers, checksOthers }) => {
    const project = projects[`${platform === "Node" ? "node" : "bare"}${withPeers ? "Peers" : ""}`];
    const place = join(project, `cell-${++count}`);
    await mkdir(place);
    const files = await Promise.all(programs.map((name) => copyProgram(name, place, resolution.extension)));
    const compilerOptions = {
      target: "es2022",
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      ...platformOptions[platform],
      ...(withPeers && { lib: [...platformOptions[platform].lib, TRPC_LIBRARY] }),
      ...resolution.options,
      ...(resolution.name === "node10" ? compiler.node10Settings : {}),
    };
    await writeFile(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const compiled = await compileProject({
      tools,
      compiler,
      folder: place,
      checksOwnFilesOnly: isShort && !checksOthers,
    });
    return compiled.output;
  };
}

/**
 * Whether each subpath is compiled in a project of its own. Where the types of a platform are present, the subpaths without
 * peers are compiled together, which is quicker. Without them, a subpath could bring the types that another one lacks.
 */
function isCompiledAlone({ platform, compiler, resolution }: Kind, isShort: boolean): boolean {
  if (platform !== "bare") return false;
  const isEnd = compiler === compilers[0] || compiler === compilers.at(-1);
  return !isShort || (isEnd && resolution.name === "nodenext, ESM");
}

async function compileKind(kind: Kind, compile: Compile, alone: boolean): Promise<Cell[]> {
  const cellOf = (subpath: Subpath, output: string): Cell => ({
    ...kind,
    subpath,
    result: inapplicableReason(kind, subpath) ?? (output === "" ? "ok" : "FAILED"),
    output,
  });
  const applicable = subpaths.filter((subpath) => inapplicableReason(kind, subpath) === undefined);
  const together = alone ? [] : applicable.filter(({ packages }) => packages.length === 0);
  const passed =
    together.length > 0 && (await compile(kind, programsOf(together, kind), { withPeers: false })) === "";
  return await Promise.all(
    subpaths.map(async (subpath) => {
      if (!applicable.includes(subpath) || (passed && together.includes(subpath))) return cellOf(subpath, "");
      const withPeers = subpath.packages.length > 0;
      return cellOf(subpath, await compile(kind, programsOf([subpath], kind), { withPeers }));
    }),
  );
}

function programsOf(used: readonly Subpath[], { platform }: Kind): string[] {
  return used.flatMap(({ programs, webPrograms }) => [
    ...programs,
    ...(platform === "bare" ? [] : webPrograms),
  ]);
}

/** Compiles the packages of tRPC alone in one project for each exception: an exception that is not needed is a problem. */
async function refuteExceptions(compile: Compile, compiled: readonly Kind[]): Promise<string[]> {
  const problems: string[] = [];
  const done = new Set<string>();
  for (const kind of compiled) {
    for (const subpath of subpaths) {
      const letter = inapplicableReason(kind, subpath);
      const key = `${letter} ${kind.compiler.version}`;
      if (letter === undefined || letter === "a" || done.has(key)) continue;
      done.add(key);
      if ((await compile(kind, ["trpc-peers"], { withPeers: true, checksOthers: true })) === "") {
        problems.push(
          `${nameOf({ ...kind, subpath })}: tRPC's packages compile here. Remove the exception ${letter}.`,
        );
      }
    }
  }
  return problems;
}

function nameOf({ compiler, resolution, platform, subpath }: Kind & { subpath: Subpath }): string {
  return `TypeScript ${compiler.version}, ${resolution.name}, ${platform}, ${subpath.path}`;
}

const compilersOf = (cells: readonly Cell[]): Compiler[] => [
  ...new Set(cells.map(({ compiler }) => compiler)),
];

function table(cells: readonly Cell[]): string[] {
  const resultOf = (version: string, resolution: string, path: string) =>
    platforms.map((platform) => {
      const cell = cells.find(
        (one) =>
          one.compiler.version === version &&
          one.resolution.name === resolution &&
          one.platform === platform &&
          one.subpath.path === path,
      );
      return (cell?.result ?? "").padEnd(platform.length);
    });
  return columns([
    ["TypeScript", "resolution", ...subpaths.map(({ path }) => path)],
    ["", "", ...subpaths.map(() => platforms.join(" "))],
    ...compilersOf(cells).flatMap(({ version }) =>
      resolutions.map(({ name }) => [
        version,
        name,
        ...subpaths.map(({ path }) => resultOf(version, name, path).join(" ")),
      ]),
    ),
  ]);
}
