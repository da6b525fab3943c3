import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** What a test file uses to be longer in the full suite: packages/db/test/kit/suite-length.ts, or the variable behind it. */
const LONGER_IN_FULL = /\b(?:bySuite|isFullSuite|ROUNDS|PROJO_TEST_FULL)\b/;

/** The test files, from the root, that run longer under `pnpm test:full` than under `pnpm test`. */
export function filesOfBothSuites(root: string): string[] {
  return ["packages", "apps", "scripts", "docs", "test", "bench"]
    .flatMap((directory) => testFilesIn(join(root, directory)))
    .filter((file) => LONGER_IN_FULL.test(readFileSync(file, "utf8")))
    .map((file) => relative(root, file).replaceAll(sep, "/"))
    .toSorted();
}

function testFilesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isFile()) return entry.name.endsWith(".test.ts") ? [path] : [];
    return entry.isDirectory() && !["node_modules", "dist"].includes(entry.name) ? testFilesIn(path) : [];
  });
}
