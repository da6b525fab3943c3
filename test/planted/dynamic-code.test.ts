// Plants code that is created from text at run time in a temporary tree. The linter must report each form.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { withTree } from "../../scripts/checks/temporary-tree.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const file = "apps/api/src/features/tasks/list-tasks.ts";

// The rules need no types, and the temporary tree has no TypeScript project.
const config = readFileSync(join(root, ".oxlintrc.json"), "utf8").replace(
  `"typeAware": true`,
  `"typeAware": false`,
);

/** Runs the linter on a file with this source. @returns its output */
function lint(source: string): string {
  return withTree({ [file]: source, ".oxlintrc.json": config }, (tree) => {
    const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
    const args = [oxlint, "--config", join(tree, ".oxlintrc.json"), file];
    return spawnSync(process.execPath, args, { cwd: tree, encoding: "utf8" }).stdout;
  });
}

it.each([
  ["eval", `export const all = (code: string): unknown => eval(code);`, "no-eval"],
  ["a function created from text", `export const all = (code: string) => new Function(code);`, "no-new-func"],
])("the linter reports %s", (_, source, rule) => {
  expect(lint(source)).toContain(rule);
});

it("the linter accepts the same file without dynamic code", () => {
  expect(lint(`export const all = (code: string): number => code.length;`)).not.toMatch(
    /no-eval|no-new-func/,
  );
});
