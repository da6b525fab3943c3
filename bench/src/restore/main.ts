// `pnpm restore:drill`: backs up a database under writes by the commands of docs/operating/backup.md, restores it, and compares.
import { rmSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { unprivileged, own } from "./cluster.ts";
import { restoreDrill } from "./drill.ts";

const { values } = parseArgs({
  options: {
    binaries: { type: "string" },
    workspaces: { type: "string", default: "5" },
    rows: { type: "string", default: "500000" },
    directory: { type: "string", default: tmpdir() },
    source: { type: "boolean", default: false },
    policies: { type: "boolean", default: false },
    "as-owner": { type: "boolean", default: false },
  },
});

const binaries = values.binaries ?? (await newestInstallation());
const user = await unprivileged();
const directory = await mkdtemp(join(values.directory, "projo-restore-"));
await chmod(directory, 0o755);
await own({ binaries, directory, user }, directory);
process.once("exit", () =>
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
try {
  const isGreen = await restoreDrill({
    machine: { binaries, directory, user },
    workspaces: Number(values.workspaces),
    rows: Number(values.rows),
    isBuilt: !values.source,
    policies: values.policies,
    asOwner: values["as-owner"],
    print: (line) => void process.stdout.write(`${line}\n`),
  });
  process.exitCode = isGreen ? 0 : 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** Debian installs each version in a directory of its own. */
async function newestInstallation(): Promise<string> {
  const versions = await readdir("/usr/lib/postgresql").catch(() => []);
  const [newest] = versions.toSorted((a, b) => Number(b) - Number(a));
  if (newest !== undefined) return `/usr/lib/postgresql/${newest}/bin`;
  throw new Error("Install PostgreSQL, or name the directory of its programs with --binaries.");
}
