// `projostack doctor`: checks an environment without starting a server, and prints what it found. It works when the
// database is broken, changes nothing, and prints no secret.
import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type InspectedEnvironment } from "../config/inspect-environment.ts";
import { checkDatabase, checkOwner, type DatabaseToCheck } from "./check-database.ts";
import { checkReplica } from "./check-replica.ts";
import { checkRedis, checkSmtp } from "./check-services.ts";
import { checksOf, type Check } from "./check.ts";

export interface DoctorResult {
  readonly output: string;
  /** 0 without problems, otherwise 1. */
  readonly exitCode: 0 | 1;
}

/** Runs every check. */
export async function runDoctor(
  { json }: { readonly json: boolean },
  environment: () => InspectedEnvironment,
): Promise<DoctorResult> {
  const checks = await checkEnvironment(environment());
  const hasProblem = checks.some(({ status }) => status === "problem");
  return {
    output: json ? `${JSON.stringify({ ok: !hasProblem, checks }, null, 2)}\n` : describe(checks),
    exitCode: hasProblem ? 1 : 0,
  };
}

async function checkEnvironment(environment: InspectedEnvironment): Promise<Check[]> {
  const { server, replica, owner, operator, redisUrl, smtp, compared } = environment;
  const { isPooled, poolSize, durability, isProduction } = environment;
  const facts = { isPooled, poolSize, durability, isProduction, compared: null };
  const groups = await Promise.all([
    server === null
      ? dataDirectoryChecks(environment)
      : checkDatabase(databaseOf("DATABASE_URL", server, { ...facts, compared }), "server"),
    server === null || replica === null
      ? NONE
      : checkReplica({ address: replica, server, isPooled, maxLagMs: environment.replicaMaxLagMs }),
    owner === null ? NONE : checkOwner(databaseOf("PROJO_DATABASE_OWNER_URL", owner, facts)),
    operator === null
      ? NONE
      : checkDatabase(
          {
            ...databaseOf("PROJO_OPERATOR_DATABASE_URL", operator, facts),
            isPooled: isPooled || operator.isPooler,
          },
          "operator",
        ),
    redisUrl === null ? NONE : checkRedis(redisUrl),
    smtp === null ? NONE : checkSmtp(smtp),
  ]);
  return [configurationChecks(environment), ...groups].flat();
}

const NONE: Promise<Check[]> = Promise.resolve([]);

const databaseOf = (
  setting: string,
  address: DatabaseToCheck["address"],
  facts: Omit<DatabaseToCheck, "setting" | "address">,
): DatabaseToCheck => ({ setting, address, ...facts });

function configurationChecks({ problems, warnings }: InspectedEnvironment): Check[] {
  const check = checksOf("configuration");
  return problems.length + warnings.length === 0
    ? [check("ok", "settings", "every setting is valid")]
    : [
        ...problems.map((problem) => check("problem", "settings", problem)),
        ...warnings.map((warning) => check("warning", "settings", warning)),
      ];
}

/** Without DATABASE_URL the server starts its own PostgreSQL in the data directory. */
async function dataDirectoryChecks({ dataDir, isDatabaseSet }: InspectedEnvironment): Promise<Check[]> {
  if (isDatabaseSet || dataDir === null) return [];
  const check = checksOf("PROJO_DATA_DIR");
  try {
    await access(await existing(dataDir), constants.W_OK | constants.X_OK);
    return [
      check("ok", "directory", `the server's own PostgreSQL is in ${dataDir}: DATABASE_URL is not set`),
    ];
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "error";
    return [
      check(
        "problem",
        "directory",
        `the server cannot keep its data in ${dataDir} (${code}). Choose a directory that you can write to.`,
      ),
    ];
  }
}

/** The directory itself, or the nearest one above it that exists. */
async function existing(path: string): Promise<string> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && dirname(path) !== path) return null;
    throw error;
  });
  return found === null ? existing(dirname(path)) : path;
}

function describe(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ subject, name }) => subject.length + name.length + 1));
  const lines = checks.map(
    ({ status, subject, name, message }) =>
      `${status.padEnd(7)}  ${`${subject} ${name}`.padEnd(width)}  ${message}`,
  );
  const problems = checks.filter(({ status }) => status === "problem").length;
  const summary = problems === 0 ? "No problems." : `${problems} ${problems === 1 ? "problem" : "problems"}.`;
  return `${[...lines, "", summary].join("\n")}\n`;
}
