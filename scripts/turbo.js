// Runs turbo without telemetry on every platform. Only environment variables disable it.
// With --quiet as the first argument it prints turbo's output only after a failure.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const [first, ...rest] = process.argv.slice(2);
const quiet = first === "--quiet";
const turbo = join(dirname(createRequire(import.meta.url).resolve("turbo/package.json")), "bin", "turbo");

if (quiet) process.stderr.write("Building, which takes some seconds the first time ...\n");
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [turbo, ...(quiet ? rest : process.argv.slice(2))],
  {
    stdio: quiet ? ["inherit", "pipe", "pipe"] : "inherit",
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  },
);
if (quiet && status !== 0) process.stderr.write(stdout + stderr);
process.exitCode = status ?? 1;
