/**
 * `pnpm sdk:consumers` packs the SDK as a release does and uses it in projects of many kinds: TypeScript versions,
 * resolutions, platforms, module systems and bundlers. It prints a table for each, and exits with 1 and the output of the
 * compiler or bundler if one of them fails. `--only <part>` runs one part, and `--short`, for the
 * tests, compiles with fewer compilers and fewer of the subpaths alone, and has the newest compiler alone check the declarations of
 * other packages.
 */
import { parseArgs } from "node:util";
import { packSdk } from "../packages/sdk/test/pack.ts";
import { bundlePrograms } from "./consumers/bundles.ts";
import { countInstantiations } from "./consumers/instantiations.ts";
import { compileMatrix } from "./consumers/matrix.ts";
import { checkPackage } from "./consumers/package-rules.ts";
import { runPrograms } from "./consumers/runs.ts";
import { installTools } from "./consumers/tools.ts";
import { countTrpcInstantiations } from "./consumers/trpc-instantiations.ts";

const parts = {
  package: checkPackage,
  programs: runPrograms,
  bundles: bundlePrograms,
  instantiations: countInstantiations,
  "trpc-instantiations": countTrpcInstantiations,
  types: compileMatrix,
};

const { values } = parseArgs({
  options: { only: { type: "string", multiple: true }, short: { type: "boolean", default: false } },
});
const unknown = values.only?.find((name) => !(name in parts));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}". Use ${Object.keys(parts).join(", ")}.`);
  process.exitCode = 1;
} else {
  await check(values.only ?? Object.keys(parts));
}

async function check(only: readonly string[]): Promise<void> {
  const tools = await installTools();
  const packed = await packSdk();
  try {
    let failures = 0;
    for (const [name, part] of Object.entries(parts)) {
      if (!only.includes(name)) continue;
      const { title, lines, problems } = await part(packed, tools, values.short);
      console.log(`\n${title}\n${"-".repeat(title.length)}\n${lines.join("\n")}`);
      for (const problem of problems) console.error(`\n${problem}`);
      failures += problems.length;
    }
    console.log(failures === 0 ? "\nEvery check passed." : `\nFailed checks: ${failures}.`);
    if (failures > 0) process.exitCode = 1;
  } finally {
    await packed.remove();
  }
}
