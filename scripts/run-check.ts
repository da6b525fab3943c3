import { realpathSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Runs a check when its file is the program, not when a test imports it: prints every finding on a line of its own and
 * fails if there is one.
 */
export function runCheck(meta: ImportMeta, check: (root: string) => readonly string[]): void {
  const [, program] = process.argv;
  if (program === undefined || realpathSync(program) !== realpathSync(meta.filename)) return;

  const findings = check(dirname(meta.dirname));
  for (const finding of findings) console.error(finding);
  if (findings.length > 0) process.exitCode = 1;
}
