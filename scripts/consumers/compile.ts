// Compiles a project with one of the tools' compilers. Those in JavaScript run in this process: a process for each project would
// load the compiler and read its library again. `as` names the part of their module that this file uses.
import { createRequire } from "node:module";
import { join } from "node:path";
import { run } from "../../packages/sdk/test/pack.ts";
import type { Compiler } from "./cells.ts";
import { messageOf } from "./report.ts";
import { toolProgram } from "./tools.ts";

export interface Compiled {
  /** What the compiler reports; empty on success. */
  readonly output: string;
  readonly instantiations: number;
}

/** Compiles the project in `folder`, which has a tsconfig.json. */
export async function compileProject(tools: string, compiler: Compiler, folder: string): Promise<Compiled> {
  return compiler.isNative
    ? await compileInProcess(tools, compiler, folder)
    : compileHere(load(tools, compiler), folder);
}

async function compileInProcess(tools: string, compiler: Compiler, folder: string): Promise<Compiled> {
  const tsc = toolProgram(tools, compiler.package, "bin/tsc");
  const options = ["-p", folder, "--pretty", "false", "--extendedDiagnostics"];
  try {
    const output = await run(process.execPath, [tsc, ...options], { cwd: folder });
    const count = /^Instantiations:\s+(\d+)/m.exec(output)?.[1];
    if (count === undefined) throw new Error(`The compiler prints no number of instantiations:\n${output}`);
    return { output: "", instantiations: Number(count) };
  } catch (error) {
    return { output: messageOf(error), instantiations: 0 };
  }
}

/** The part of the compiler's API that is the same in every version. */
interface CompilerApi {
  readonly sys: object;
  getParsedCommandLineOfConfigFile(path: string, options: object, host: object): Parsed | undefined;
  createCompilerHost(options: object): Host;
  createProgram(made: object): { getInstantiationCount(): number };
  getPreEmitDiagnostics(program: object): readonly object[];
  formatDiagnostics(diagnostics: readonly object[], host: object): string;
}
interface Parsed {
  readonly options: object;
  readonly fileNames: readonly string[];
  readonly errors: readonly object[];
}
interface Host {
  getSourceFile(this: void, path: string, language: { impliedNodeFormat?: number }): object | undefined;
}

interface Loaded {
  readonly ts: CompilerApi;
  /** The files of the compiler's own library, which are the same in every project. */
  readonly library: Map<string, object | undefined>;
}

const loaded = new Map<string, Loaded>();

function load(tools: string, compiler: Compiler): Loaded {
  const path = toolProgram(tools, compiler.package, "lib/typescript.js");
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const made = { ts: createRequire(path)(path) as CompilerApi, library: new Map<string, object | undefined>() };
  loaded.set(path, made);
  return made;
}

/** Does what `tsc -p` does with a project that emits nothing. */
function compileHere({ ts, library }: Loaded, folder: string): Compiled {
  const onUnRecoverableConfigFileDiagnostic = (problem: object) => {
    throw new Error(JSON.stringify(problem));
  };
  const path = join(folder, "tsconfig.json");
  const parsed = ts.getParsedCommandLineOfConfigFile(
    path,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic },
  );
  if (parsed === undefined) throw new Error(`There is no ${path}.`);
  const host = ts.createCompilerHost(parsed.options);
  const read = host.getSourceFile;
  host.getSourceFile = (file, language) => {
    if (!/[\\/]lib[\\/]lib\.[\w.]+\.d\.ts$/.test(file)) return read(file, language);
    const key = `${file} ${language.impliedNodeFormat}`;
    if (!library.has(key)) library.set(key, read(file, language));
    return library.get(key);
  };
  const program = ts.createProgram({
    rootNames: parsed.fileNames,
    options: parsed.options,
    configFileParsingDiagnostics: parsed.errors,
    host,
  });
  const output = ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name: string) => name,
    getNewLine: () => "\n",
  });
  return { output, instantiations: program.getInstantiationCount() };
}
