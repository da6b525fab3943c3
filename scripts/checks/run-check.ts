import { realpathSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Runs a check if its file is the main program, but not if a test imports it. Prints each finding on a separate line and sets
 * exit code 1 if there is any.
 */
export function runCheck(meta: ImportMeta, check: (root: string) => readonly string[]): void {
  const [, program] = process.argv;
  if (program === undefined || realpathSync(program) !== realpathSync(meta.filename)) return;

  const findings = check(dirname(dirname(meta.dirname)));
  for (const finding of findings) console.error(finding);
  if (findings.length > 0) process.exitCode = 1;
}
