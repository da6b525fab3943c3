// Plants operations that lack a required part. The compiler or the tests must reject them and name the missing part.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { explainMissing, inputOf, type Scene } from "../../apps/api/test/resources/index.ts";
import { withTree } from "../../scripts/checks/temporary-tree.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const operation = (kind: "query" | "mutation", fields: string): string => `
import { ${kind} } from "${join(root, "packages/contract/src/define.ts")}";
import { contract } from "${join(root, "packages/contract/src/index.ts")}";
const { input, output, example: healthExample } = contract.system.health;
const cost = { points: 1 };
const words = { summary: "Is planted.", details: "It has no side effect." };
const example = healthExample;
export const planted = ${kind}({ input, output, ${fields} });
`;

const files = {
  "whole-query.ts": operation("query", `...words, example, cost, access: "task:read"`),
  "whole-mutation.ts": operation(
    "mutation",
    `...words, example, cost, access: "session", repetition: "replayed", records: { nothing: "it is planted" }`,
  ),
  "no-access.ts": operation("query", "...words, example, cost"),
  "no-access-to-write.ts": operation(
    "mutation",
    `...words, example, cost, repetition: "replayed", records: { nothing: "it is planted" }`,
  ),
  "unknown-access.ts": operation("query", `...words, example, cost, access: "task:fly"`),
  "no-cost.ts": operation("query", `...words, example, access: "task:read"`),
  "no-records.ts": operation(
    "mutation",
    `...words, example, cost, repetition: "replayed", access: "session"`,
  ),
  "no-reason.ts": operation(
    "mutation",
    `...words, example, cost, repetition: "replayed", access: "session", records: {}`,
  ),
  "no-repetition.ts": operation(
    "mutation",
    `...words, example, cost, access: "session", records: "task.deleted"`,
  ),
  "no-summary.ts": operation("query", `details: words.details, example, cost, access: "task:read"`),
  "no-details.ts": operation("query", `summary: words.summary, example, cost, access: "task:read"`),
  "no-example.ts": operation("query", `...words, cost, access: "task:read"`),
  "package.json": JSON.stringify({ type: "module" }),
  "tsconfig.json": JSON.stringify({
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
      noEmit: true,
      typeRoots: [join(root, "node_modules/@types")],
      customConditions: ["@projostack/source"],
      // The planted files import the contract by absolute paths.
      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: true,
    },
    include: ["*.ts"],
  }),
};

/** Compiles the files with the settings of the packages. @returns the messages of the compiler */
function compile(): string[] {
  return withTree(files, (directory) => {
    const tsc = join(root, "node_modules/.bin/tsc");
    const { stdout } = spawnSync(tsc, ["-p", directory, "--pretty", "false"], { encoding: "utf8" });
    return stdout.trim().split(/\n(?! )/);
  });
}

describe("an operation", () => {
  it("M4 R11 fails to compile without an access, a cost, words or an example, or as a mutation without audit records or repetition", () => {
    const lines = compile();
    const errorsIn = (file: string) => lines.filter((line) => line.includes(`${file}(`)).join("\n");
    expect(errorsIn("no-access.ts")).toMatch(/Property 'access' is missing/);
    expect(errorsIn("no-access-to-write.ts")).toMatch(/Property 'access' is missing/);
    expect(errorsIn("no-cost.ts")).toMatch(/Property 'cost' is missing/);
    expect(errorsIn("unknown-access.ts")).toMatch(/'"task:fly"' is not assignable to type 'Access'/);
    expect(errorsIn("no-records.ts")).toMatch(/Property 'records' is missing/);
    expect(errorsIn("no-reason.ts")).toMatch(/'\{\}' is not assignable to type 'Records'/);
    expect(errorsIn("no-repetition.ts")).toMatch(/Property 'repetition' is missing/);
    expect(errorsIn("no-summary.ts")).toMatch(/Property 'summary' is missing/);
    expect(errorsIn("no-details.ts")).toMatch(/Property 'details' is missing/);
    expect(errorsIn("no-example.ts")).toMatch(/Property 'example' is missing/);
    // There are no other errors, so the compiler found exactly the planted ones.
    expect(lines, lines.join("\n")).toHaveLength(10);
  });

  it("M4 without a fixture fails every proof, with the file to write and what to put there", () => {
    expect(() => inputOf("tasks.archive", {} as Scene)).toThrow(
      "The operation tasks.archive has no fixture. Add `archive: { input: (scene) => ({ ... }) }`, with a minimal " +
        "valid input, to `operations` in apps/api/test/resources/tasks.ts.",
    );
    expect(explainMissing("serviceKeys")).toMatch(
      /^The resource serviceKeys has no fixture\. Create apps\/api\/test\/resources\/service-keys\.ts .*serviceKeys\.rotate/,
    );
  });
});
