import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Reporter } from "vitest/node";

interface Program {
  readonly name: string;
  /** Where Debian installs it, if that is not in every PATH. */
  readonly path?: string;
  /** The Debian package. */
  readonly package: string;
  /** What the tests that need it are about. */
  readonly tests: string;
}

const programs: readonly Program[] = [
  { name: "redis-server", package: "redis-server", tests: "limits and budgets with Redis" },
  {
    name: "pgbouncer",
    path: "/usr/sbin/pgbouncer",
    package: "pgbouncer",
    tests: "connections through PgBouncer",
  },
  { name: "haproxy", path: "/usr/sbin/haproxy", package: "haproxy", tests: "the drill with three servers" },
  { name: "faketime", package: "faketime", tests: "the drill with three servers" },
  { name: "slowhttptest", package: "slowhttptest", tests: "slow clients" },
  { name: "openssl", package: "openssl", tests: "TLS connections" },
  { name: "haproxy", path: "/usr/sbin/haproxy", package: "haproxy", tests: "the configuration of HAProxy" },
  { name: "nginx", path: "/usr/sbin/nginx", package: "nginx", tests: "the configuration of nginx" },
  { name: "curl", package: "curl", tests: "the commands of the OpenAPI guide" },
  {
    name: "chromium",
    package: "chromium",
    tests: "the web application, the SDK, its store and the reference page in a browser",
  },
  { name: "prometheus", package: "prometheus", tests: "the alert rules and the dashboard" },
  { name: "python3", package: "python3", tests: "the second verifier of the audit log" },
  { name: "tmux", package: "tmux", tests: "the command line in a terminal" },
  { name: "script", package: "bsdutils", tests: "a server at a terminal" },
];

/** Prints, before the first test, which programs are missing, what that means for the run, and how to install them. */
export default class RequiredPrograms implements Reporter {
  onTestRunStart(): void {
    const missing = programs.filter((program) => !isInstalled(program));
    if (missing.length === 0) return;
    process.stderr.write(`${noticeOf(missing, process.env["CI"] === "true")}\n`);
  }
}

/** @param mustRun as in continuous integration, where every program must be there */
export const noticeOf = (missing: readonly Program[], mustRun: boolean): string =>
  [
    mustRun
      ? "Programs are missing that the tests need. Because CI=true, these tests fail:"
      : "Programs are missing that some tests need. These tests are skipped:",
    ...missing.map(({ name, tests }) => `  ${name}: ${tests}`),
    `Install them: apt-get install ${missing.map((one) => one.package).join(" ")}`,
  ].join("\n");

function isInstalled({ name, path }: Program): boolean {
  if (path !== undefined && existsSync(path)) return true;
  return spawnSync(name, ["--version"], { stdio: "ignore" }).error === undefined;
}
