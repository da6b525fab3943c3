import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../packages/sdk/test/pack.ts";

/**
 * Compiles a program in a project of the strict options.
 * @param options compiler options in addition to them
 * @returns the number of type instantiations
 */
export async function countInstantiationsOf(
  source: string,
  { project, tsc, options = {} }: { project: string; tsc: string; options?: object },
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
    extendedDiagnostics: true,
    ...options,
  };
  await writeFile(join(project, "use.ts"), source);
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
  const output = await run(process.execPath, [tsc, "-p", project], { cwd: project });
  const count = /^Instantiations:\s+(\d+)/m.exec(output)?.[1];
  if (count === undefined) throw new Error(`The compiler prints no number of instantiations:\n${output}`);
  return Number(count);
}
