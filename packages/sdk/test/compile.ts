// Compiles projects with a compiler in JavaScript, in this process: a process for each project would load the compiler and read
// its library again. `as` names the part of the compiler's module that this file uses.
import { createRequire } from "node:module";
import { join } from "node:path";

export interface Compiled {
  /** What the compiler reports; empty on success. */
  readonly output: string;
  readonly instantiations: number;
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
  readonly options: Readonly<Record<string, unknown>>;
  readonly fileNames: readonly string[];
  readonly errors: readonly object[];
}
interface Host {
  getSourceFile(this: void, path: string, language: { impliedNodeFormat?: number }): object | undefined;
}
interface Program {
  getSourceFiles(): readonly { readonly fileName: string }[];
  getInstantiationCount(): number;
}

interface Loaded {
  readonly ts: CompilerApi;
  /** The files of the compiler's own library, which are the same in every project. */
  readonly library: SourceFiles;
  /** The files of packages that the last project used. The next one uses them again if it has the same options. */
  packages: { readonly options: string; readonly files: SourceFiles };
}

type SourceFiles = Map<string, object | undefined>;

const loaded = new Map<string, Loaded>();

function load(path: string): Loaded {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const made: Loaded = {
    ts: createRequire(path)(path) as CompilerApi,
    library: new Map(),
    packages: { options: "", files: new Map() },
  };
  loaded.set(path, made);
  return made;
}

/**
 * Does what `tsc -p` does with a project that emits nothing.
 * @param compiler the path of the package of the compiler
 * @param folder the folder of the project, which has a tsconfig.json
 * @param isChecked whether to look for errors in a file. Without it, every file is checked as `tsc` does. The declarations of a
 * platform and of other packages take most of the time.
 */
export function compileHere(
  compiler: string,
  folder: string,
  isChecked?: (fileName: string) => boolean,
): Compiled {
  const compilerHere = load(join(compiler, "lib/typescript.js"));
  const { ts } = compilerHere;
  const path = join(folder, "tsconfig.json");
  const parsed = ts.getParsedCommandLineOfConfigFile(
    path,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => {
        throw new Error(`The compiler cannot read ${path}.`);
      },
    },
  );
  if (parsed === undefined) throw new Error(`There is no ${path}.`);
  const host = ts.createCompilerHost(parsed.options);
  const read = host.getSourceFile;
  const { configFilePath: _, ...options } = parsed.options;
  const key = JSON.stringify(options);
  if (compilerHere.packages.options !== key) compilerHere.packages = { options: key, files: new Map() };
  const filesOf = (file: string): SourceFiles | undefined => {
    if (/[\\/]lib[\\/]lib\.[\w.]+\.d\.ts$/.test(file)) return compilerHere.library;
    return /[\\/]node_modules[\\/]/.test(file) ? compilerHere.packages.files : undefined;
  };
  host.getSourceFile = (file, language) => {
    const files = filesOf(file);
    if (files === undefined) return read(file, language);
    const name = `${file} ${language.impliedNodeFormat}`;
    if (!files.has(name)) files.set(name, read(file, language));
    return files.get(name);
  };
  const program = ts.createProgram({
    rootNames: parsed.fileNames,
    options: parsed.options,
    configFileParsingDiagnostics: parsed.errors,
    host,
  });
  const checked = isChecked
    ? program.getSourceFiles().filter(({ fileName }) => isChecked(fileName))
    : [undefined];
  const problems = checked.flatMap((file) => ts.getPreEmitDiagnostics(program, file));
  const output = ts.formatDiagnostics([...new Set(problems)], {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name: string) => name,
    getNewLine: () => "\n",
  });
  return { output, instantiations: program.getInstantiationCount() };
}
