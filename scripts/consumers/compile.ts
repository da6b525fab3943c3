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

/** What to compile, and with what. */
export interface Compilation {
  readonly tools: string;
  readonly compiler: Compiler;
  /** The folder of the project, which has a tsconfig.json. */
  readonly folder: string;
  /**
   * Whether a compiler in JavaScript checks the files of the project and of the SDK alone. It reads the declarations of its own
   * library and of other packages, but does not look for errors in them, which takes most of the time.
   */
  readonly checksOwnFilesOnly?: boolean;
}

export async function compileProject(compilation: Compilation): Promise<Compiled> {
  return compilation.compiler.isNative ? await compileInProcess(compilation) : compileHere(compilation);
}

async function compileInProcess({ tools, compiler, folder }: Compilation): Promise<Compiled> {
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
  createProgram(made: object): Program;
  getPreEmitDiagnostics(program: object, file?: object): readonly object[];
  formatDiagnostics(diagnostics: readonly object[], host: object): string;
}
interface Parsed {
  readonly options: object;
  readonly fileNames: readonly string[];
  readonly errors: readonly object[];
}
interface Program {
  getSourceFiles(): readonly { readonly fileName: string }[];
  getInstantiationCount(): number;
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

function load({ tools, compiler }: Compilation): Loaded {
  const path = toolProgram(tools, compiler.package, "lib/typescript.js");
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const made = {
    ts: createRequire(path)(path) as CompilerApi,
    library: new Map<string, object | undefined>(),
  };
  loaded.set(path, made);
  return made;
}

/** Does what `tsc -p` does with a project that emits nothing. */
function compileHere(compilation: Compilation): Compiled {
  const { ts, library } = load(compilation);
  const { folder, tools } = compilation;
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
  // The project links to the other packages, and the compiler names their files by their place among the tools.
  const checked = compilation.checksOwnFilesOnly
    ? program.getSourceFiles().filter(({ fileName }) => !fileName.startsWith(`${tools}/`))
    : [undefined];
  const problems = checked.flatMap((file) => ts.getPreEmitDiagnostics(program, file));
  const output = ts.formatDiagnostics([...new Set(problems)], {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name: string) => name,
    getNewLine: () => "\n",
  });
  return { output, instantiations: program.getInstantiationCount() };
}
