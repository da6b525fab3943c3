import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Compiler } from "./cells.ts";
import { compileProject } from "./compile.ts";

export interface CountOptions {
  /** The folder of the project. */
  readonly project: string;
  readonly tools: string;
  readonly compiler: Compiler;
  /** Compiler options in addition to the strict ones. */
  readonly options?: object;
}

/**
 * Compiles a program in a project of the strict options.
 * @returns the number of type instantiations
 */
export async function countInstantiationsOf(
  source: string,
  { project, tools, compiler, options = {} }: CountOptions,
): Promise<number> {
  await mkdir(project, { recursive: true });
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022"],
    types: [],
    module: "esnext",
    moduleResolution: "bundler",
    strict: true,
    noEmit: true,
    ...options,
  };
  await writeFile(join(project, "use.ts"), source);
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
  const { output, instantiations } = await compileProject({
    tools,
    compiler,
    folder: project,
    checksOwnFilesOnly: true,
  });
  if (output !== "") throw new Error(output);
  return instantiations;
}
