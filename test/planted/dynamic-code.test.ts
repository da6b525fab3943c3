// Plants code that is created from text at run time. The linter must report each form.
import { expect, it } from "vitest";
import { lintTree } from "../../scripts/checks/lint-tree.ts";

const file = "apps/api/src/features/tasks/list-tasks.ts";

const rulesFor = (source: string): string[] => lintTree({ [file]: source }).map(({ rule }) => rule);

it.each([
  ["eval", `export const all = (code: string): unknown => eval(code);`, "eslint(no-eval)"],
  [
    "a function created from text",
    `export const all = (code: string) => new Function(code);`,
    "eslint(no-new-func)",
  ],
])("the linter reports %s", (_, source, rule) => {
  expect(rulesFor(source)).toContain(rule);
});

it("the linter accepts the same file without dynamic code", () => {
  expect(rulesFor(`export const all = (code: string): number => code.length;`)).toEqual([]);
});
