// Checks a database with each of its logins. Every step has a time limit, and a failed step does not prevent the others.
import {
  aheadWarning,
  checkLogin,
  checkOperatorLogin,
  connectionProblem,
  type ConnectionFacts,
  inspectConnection,
  lossySettings,
  type Durability,
  migrationState,
  openPool,
  ownerRights,
  poolerOf,
  type PostgresAddress,
  serverProblems,
  UnsafeLogin,
  withOwner,
} from "@projostack/db";
import type { ComparedEnvironment } from "../config/inspect-environment.ts";
import { checksOf, type Check } from "./check.ts";
import { checkServers } from "./check-servers.ts";
import { withinMs } from "./within-ms.ts";

export interface DatabaseToCheck {
  readonly setting: string;
  readonly address: PostgresAddress;
  /** Whether the address is that of a pooler in transaction mode. */
  readonly isPooled: boolean;
  /** The most connections that one server opens. */
  readonly poolSize: number;
  /** What keeps a committed write when PostgreSQL crashes. */
  readonly durability: Durability;
  readonly isProduction: boolean;
  /** The environment to compare with the living servers; null when this server would not compare itself. */
  readonly compared: ComparedEnvironment | null;
}

const LONGEST_MS = 10_000;
const CLOCK_MS = 5_000;
const DAY_MS = 86_400_000;

/** Checks the login of a server or of the operator's program. */
export function checkDatabase(database: DatabaseToCheck, kind: "server" | "operator"): Promise<Check[]> {
  const { setting, address, isPooled, poolSize, compared } = database;
  const check = checksOf(setting);
  // The pool accepts every durability, so that the other checks run too.
  return guarded(setting, async (add) => {
    const pool = openPool({ target: address.target, max: 1, pooled: isPooled });
    try {
      const client = await pool.connect();
      const facts = await inspectConnection(client, address.target).finally(() => client.release());
      add(...connectionChecks(setting, address, facts));
      add(check("ok", "settings", "every setting that the server relies on is in effect"));
      add(durabilityCheck(database, facts));
      const login = kind === "server" ? checkLogin : checkOperatorLogin;
      const isUsable = await login(pool).then(
        () => {
          add(check("ok", "rights", "the login has the rights that it needs, and no more"));
          return true;
        },
        (error: unknown) => {
          if (!(error instanceof UnsafeLogin)) throw error;
          add(check("problem", "rights", error.message));
          return false;
        },
      );
      add(await poolerCheck(database));
      if (kind === "server") add(capacityCheck(setting, facts, poolSize));
      if (isUsable && compared !== null)
        add(...(await checkServers(pool, { setting, isPooled, environment: compared })));
    } finally {
      await pool.end();
    }
  });
}

/** Checks the owner's login, which migrates the database. */
export function checkOwner({ setting, address }: DatabaseToCheck): Promise<Check[]> {
  const check = checksOf(setting);
  return guarded(setting, (add) =>
    withOwner(address.target, async (owner) => {
      add(...connectionChecks(setting, address, await inspectConnection(owner, address.target)));
      const { login, createsRoles, createsTables, missingRoles } = await ownerRights(owner);
      if (!createsTables) {
        add(
          check(
            "problem",
            "rights",
            `the login ${login} may not create tables. Make it the owner of the database.`,
          ),
        );
      } else if (missingRoles.length > 0 && !createsRoles) {
        add(
          check(
            "problem",
            "rights",
            `the login ${login} may not create the roles ${missingRoles.join(", ")}. Give it CREATEROLE, or let an administrator create them (docs/database.md#an-owner-without-createrole).`,
          ),
        );
      } else {
        add(check("ok", "rights", `the login ${login} may migrate the database`));
      }
      const pooler = await poolerOf(address.target);
      add(
        pooler === "transaction"
          ? check(
              "problem",
              "pooler",
              "a pooler in transaction mode answers there, and a migration needs a session of its own. Name PostgreSQL itself.",
            )
          : check(
              "ok",
              "pooler",
              pooler === "none" ? "PostgreSQL itself answers" : "a pooler in session mode answers",
            ),
      );
      const { missing, unknown, unfinished, refusal } = await migrationState(owner);
      if (unfinished.length > 0) {
        add(
          check(
            "problem",
            "migrations",
            `${unfinished.join(", ")} began and did not finish. Run \`projostack migrate\`, which says what to do.`,
          ),
        );
      } else if (refusal !== null) {
        add(check("problem", "migrations", refusal));
      } else if (missing.length > 0) {
        add(
          check(
            "problem",
            "migrations",
            `${missing.length} of this build are not applied: ${listOf(missing)}. Run \`projostack migrate\`.`,
          ),
        );
      } else if (unknown.length > 0) add(check("warning", "migrations", aheadWarning(unknown)));
      else add(check("ok", "migrations", "all migrations of this build are applied"));
    }),
  );
}

const listOf = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;

/** Collects the checks. An error ends them with a problem that names the setting. */
export async function guarded(
  setting: string,
  work: (add: (...checks: Check[]) => void) => Promise<void>,
): Promise<Check[]> {
  const checks: Check[] = [];
  const check = checksOf(setting);
  try {
    await withinMs(
      LONGEST_MS,
      work((...more) => void checks.push(...more)),
    );
  } catch (error) {
    const line = connectionProblem(error, setting)?.slice(setting.length + 2);
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : String(error);
    const name = checks.length === 0 ? "connection" : "statements";
    checks.push(check("problem", name, line ?? `the check failed: ${reason}`));
  }
  return checks;
}

/** @param target a replica accepts no writes, and the checks of a replica compare it with the primary */
export function connectionChecks(
  setting: string,
  address: PostgresAddress,
  facts: ConnectionFacts,
  target: "primary" | "replica" = "primary",
): Check[] {
  const check = checksOf(setting);
  const { host, port, database, user } = address.target;
  const place = host.startsWith("/") ? `socket ${host}` : `${host}:${port}`;
  const problems = serverProblems(
    target === "primary" ? facts : { ...facts, isStandby: false, isReadOnly: false },
  );
  const writes = target === "primary" ? ", accepts writes" : "";
  return [
    check(
      "ok",
      "connection",
      `${place}, database ${database}, login ${user}, ${facts.roundTripMs} ms a round trip`,
    ),
    ...(problems.length === 0
      ? [check("ok", "database", `PostgreSQL ${facts.version}, ${facts.encoding}${writes}`)]
      : problems.map((problem) => check("problem", "database", problem))),
    tlsCheck(setting, address, facts),
    Math.abs(facts.clockAheadMs) > CLOCK_MS
      ? check(
          "warning",
          "clock",
          `the database's clock differs by ${Math.round(facts.clockAheadMs / 1_000)} s from this machine's. Synchronize both with NTP.`,
        )
      : check("ok", "clock", `differs by ${facts.clockAheadMs} ms`),
  ];
}

function tlsCheck(setting: string, { isLocal }: PostgresAddress, { tls }: ConnectionFacts): Check {
  const check = checksOf(setting);
  if (tls === null) {
    return isLocal
      ? check("ok", "tls", "no TLS: the connection stays on this machine")
      : check(
          "warning",
          "tls",
          "no TLS, as sslmode=disable says: everybody on the network can read and change the data. Use sslmode=verify-full (docs/database.md#tls).",
        );
  }
  const name = tls.isHostNameChecked ? "authority and host name verified" : "authority verified";
  const { certificateExpiresAt } = tls;
  const daysLeft =
    certificateExpiresAt === null ? null : (certificateExpiresAt.getTime() - Date.now()) / DAY_MS;
  return daysLeft !== null && daysLeft < 14
    ? check(
        "warning",
        "tls",
        `${tls.version}, ${name}; the certificate expires in ${Math.floor(daysLeft)} days. Renew it.`,
      )
    : check("ok", "tls", `${tls.version}, ${tls.cipher}, ${name}`);
}

function durabilityCheck(
  { setting, durability, isProduction }: DatabaseToCheck,
  { durableSettings }: ConnectionFacts,
): Check {
  const check = checksOf(setting);
  const lossy = lossySettings(durableSettings, durability);
  return lossy === null
    ? check("ok", "durability", "a crash of PostgreSQL loses no acknowledged write")
    : check(
        isProduction ? "problem" : "warning",
        "durability",
        `a crash of PostgreSQL could lose acknowledged writes: ${lossy}. Correct it in the address, for the login, for the database, or in PostgreSQL itself (docs/database-connections.md#durability).`,
      );
}

async function poolerCheck({ setting, address, isPooled }: DatabaseToCheck): Promise<Check> {
  const check = checksOf(setting);
  const pooler = await poolerOf(address.target);
  if (pooler === "transaction" && !isPooled) {
    return check(
      "problem",
      "pooler",
      "a pooler in transaction mode answers there. Set PROJO_DATABASE_POOLER=transaction (docs/configuration.md#connection-poolers).",
    );
  }
  if (pooler === "none" && isPooled) {
    return check(
      "warning",
      "pooler",
      "PostgreSQL itself answers, so PROJO_DATABASE_POOLER=transaction only makes statements slower. Remove it.",
    );
  }
  return check(
    "ok",
    "pooler",
    pooler === "none" ? "PostgreSQL itself answers" : `a pooler in ${pooler} mode answers`,
  );
}

function capacityCheck(setting: string, facts: ConnectionFacts, poolSize: number): Check {
  const { maxConnections, usedConnections } = facts;
  const check = checksOf(setting);
  const counts = `${usedConnections} of ${maxConnections} connections are in use, and one server opens up to ${poolSize}`;
  return usedConnections + poolSize > maxConnections - 3
    ? check("warning", "connections", `${counts}. Lower PROJO_DATABASE_POOL, or raise max_connections.`)
    : check("ok", "connections", counts);
}
