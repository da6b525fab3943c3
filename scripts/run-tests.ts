/**
 * Runs Vitest with this command's arguments and a temporary directory of its own, and fails when the run leaves anything in
 * it. `pnpm test` and `pnpm test:full` use it.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Caches of tsx, Node.js and Prisma, which belong to no test. */
const CACHES = /^(?:tsx-|node-compile-cache$|jiti$)/;

const directory = mkdtempSync(join(tmpdir(), "projo-run-"));
// Under root, PostgreSQL runs as another user, who needs a way into this directory.
chmodSync(directory, 0o1777);

// The signals of a terminal reach Vitest too, and this process removes the directory after it. Without a listener, this process would
// end first.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, TMPDIR: directory, TMP: directory, TEMP: directory },
});
const left = readdirSync(directory).filter((name) => !CACHES.test(name));
// After an interruption, processes that are ending may still write.
rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
if (left.length > 0) {
  process.stderr.write(`The tests left this in the temporary directory: ${left.join(", ")}\n`);
  const totals = process.env["PROJO_TEST_TOTALS"];
  if (totals) appendFileSync(totals, "0 passed, 1 failed\n");
}
process.exitCode = status === 0 && left.length > 0 ? 1 : (status ?? 1);
