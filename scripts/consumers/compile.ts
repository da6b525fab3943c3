// Compiles a project with one of the tools' compilers: those in JavaScript in this process, the native one in a process.
import { compileHere, type Compiled } from "../../packages/sdk/test/compile.ts";
import { run } from "../../packages/sdk/test/pack.ts";
import type { Compiler } from "./cells.ts";
import { messageOf } from "./report.ts";
import { toolProgram } from "./tools.ts";

/** What to compile, and with what. */
export interface Compilation {
  readonly tools: string;
  readonly compiler: Compiler;
  /** The folder of the project, which has a tsconfig.json. */
  readonly folder: string;
  /**
   * Whether a compiler in JavaScript looks for errors in the files of the project and of the SDK alone, and not in the
   * declarations of its own library and of other packages.
   */
  readonly checksOwnFilesOnly?: boolean;
}

export async function compileProject(compilation: Compilation): Promise<Compiled> {
  const { tools, compiler, folder, checksOwnFilesOnly } = compilation;
  if (compiler.isNative) return await compileInProcess(compilation);
  // The project links to the other packages, and the compiler names their files by their place among the tools.
  const isChecked = checksOwnFilesOnly
    ? (fileName: string) => !fileName.replaceAll("\\", "/").startsWith(`${tools.replaceAll("\\", "/")}/`)
    : undefined;
  return compileHere(toolProgram(tools, compiler.package), folder, isChecked);
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
