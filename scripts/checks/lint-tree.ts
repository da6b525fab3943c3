// Runs the linter with this repository's rules on other files.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { withTree } from "./temporary-tree.ts";

export interface Finding {
  readonly file: string;
  readonly line: number;
  /** Such as `eslint(no-restricted-imports)`. */
  readonly rule: string;
  readonly message: string;
  /** What to do instead. */
  readonly advice: string;
}

const root = join(import.meta.dirname, "../..");

const report = z.object({
  diagnostics: z.array(
    z.object({
      filename: z.string(),
      code: z.string(),
      message: z.string(),
      help: z.string().default(""),
      labels: z.array(z.object({ span: z.object({ line: z.number() }) })),
    }),
  ),
});

/**
 * Lints files as if they were in this repository, with the rules that need no types.
 * @param files contents by path
 */
export function lintTree(files: Readonly<Record<string, string>>): Finding[] {
  const { options: _, ...config } = z
    .looseObject({})
    .parse(JSON.parse(readFileSync(join(root, ".oxlintrc.json"), "utf8")));
  const tree = {
    ...files,
    ".oxlintrc.json": JSON.stringify(config),
    ".oxlintrc.boundaries.json": readFileSync(join(root, ".oxlintrc.boundaries.json"), "utf8"),
  };
  return withTree(tree, (directory) => {
    const { stdout, stderr } = spawnSync(join(root, "node_modules/.bin/oxlint"), ["--format", "json"], {
      cwd: directory,
      encoding: "utf8",
    });
    if (stdout === "") throw new Error(`The linter printed nothing: ${stderr}`);
    return report.parse(JSON.parse(stdout)).diagnostics.map(({ filename, code, message, help, labels }) => ({
      file: filename,
      line: labels[0]?.span.line ?? 0,
      rule: code,
      message,
      advice: help,
    }));
  });
}
