import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Reporter } from "vitest/node";

/** A program that some tests start, and the Debian package that has it. */
const programs = [
  { name: "redis-server", tests: "limits and budgets with Redis" },
  { name: "pgbouncer", path: "/usr/sbin/pgbouncer", tests: "connections through PgBouncer" },
  { name: "slowhttptest", tests: "slow clients" },
  { name: "openssl", tests: "PostgreSQL over TLS" },
] as const;

type Program = (typeof programs)[number];

/** Prints, before the first test, which programs are missing, what that means for the run, and how to install them. */
export default class RequiredPrograms implements Reporter {
  onTestRunStart(): void {
    const missing = programs.filter((program) => !isInstalled(program));
    if (missing.length > 0) process.stderr.write(`${noticeOf(missing, isCi())}\n`);
  }
}

/** In continuous integration every program must be there. */
const isCi = (): boolean => process.env["CI"] === "true";

export function noticeOf(missing: readonly Pick<Program, "name" | "tests">[], mustRun: boolean): string {
  return [
    mustRun
      ? "Programs are missing that the tests need. Because CI=true, these tests fail:"
      : "Programs are missing that some tests need. These tests are skipped:",
    ...missing.map(({ name, tests }) => `  ${name}: ${tests}`),
    `Install them: apt-get install ${missing.map(({ name }) => name).join(" ")}`,
  ].join("\n");
}

function isInstalled(program: Program): boolean {
  if ("path" in program && existsSync(program.path)) return true;
  return spawnSync(program.name, ["--version"], { stdio: "ignore" }).error === undefined;
}
