// Creates the role and the login that read every row for a backup, or completes them. What this role may not do is left to an
// administrator, as SQL.
import type pg from "pg";
import type { PostgresAddress } from "../login/postgres-address.ts";
import { useOwnSettings } from "../migrations/own-settings.ts";
import { administratorSql } from "../setup/administrator-sql.ts";
import type { PreparedLogin } from "../setup/database-roles.ts";
import { lacksOf, provide, refusedPasswords, requireOwnLogins } from "../setup/prepare-roles.ts";
import type { Requirement } from "../setup/requirements.ts";
import { loginOf } from "../setup/set-up-database.ts";
import { SetupProblem } from "../setup/setup-problem.ts";
import { hasPassword, signInProblem } from "../setup/sign-in.ts";
import { missingForBackup, type BackupMethod } from "./backup-requirements.ts";
import { readBackupFacts, type BackupFacts } from "./read-backup-facts.ts";

export interface BackupRoleOptions {
  /** The address of the owner's connection. */
  readonly ownerAddress: PostgresAddress;
  /** The address of the login for backups, which is prepared. */
  readonly backupAddress: PostgresAddress;
  /** Whether policies show every row to the role if it has no BYPASSRLS. Policies that exist are kept either way. */
  readonly usePolicies: boolean;
  /** Reports something that the operator should know. */
  readonly note: (line: string) => void;
}

/**
 * @param owner a connection of the role that owns the tables
 * @returns how projo_backup reads every row
 * @throws SetupProblem with the SQL for an administrator if this role may not provide everything
 */
export async function prepareBackupRole(
  owner: pg.ClientBase,
  { ownerAddress, backupAddress, usePolicies, note }: BackupRoleOptions,
): Promise<BackupMethod> {
  const login: PreparedLogin = { ...loginOf(backupAddress), variable: VARIABLE, roles: [] };
  const options = {
    isPrivate: ownerAddress.isLocal || ownerAddress.target.ssl !== false,
    trySignIn: ({ user, password }: PreparedLogin) =>
      signInProblem([
        backupAddress.target,
        { ...ownerAddress.target, user, ...(password === undefined ? {} : { password }) },
      ]),
    hasPassword: ({ user, password }: PreparedLogin) =>
      hasPassword({ ...ownerAddress.target, user, ...(password === undefined ? {} : { password }) }),
    note,
  };
  await useOwnSettings(owner);
  const before = await readBackupFacts(owner, login.user);
  requireOwnTables(before);
  requireOwnLogins(before, [login]);
  const said = new Set<string>();
  const method = methodOf(before, usePolicies);
  let facts = before;
  let missing = missingForBackup(facts, login.user, method);
  let refused: readonly Requirement[] = [];
  // A role with unsafe rights may belong to another program: nothing is changed before that is settled.
  if (missing.every(({ isTried }) => isTried)) {
    for (const tried = new Set<string>(); missing.some(({ sql }) => !tried.has(sql));) {
      for (const requirement of missing.filter(({ sql }) => !tried.has(sql))) {
        await provide(owner, requirement, { logins: [login], said, options });
        tried.add(requirement.sql);
      }
      facts = await readBackupFacts(owner, login.user);
      missing = missingForBackup(facts, login.user, method);
    }
    if (before.login !== null) refused = await refusedPasswords(owner, [login], options);
  }
  const left = [...missing, ...refused];
  if (left.length > 0) throw problemOf(facts, { left, login, said: [...said] });
  return method;
}

const VARIABLE = "PROJO_BACKUP_DATABASE_URL";
const OWNER = "PROJO_DATABASE_OWNER_URL";

const methodOf = ({ role, withPolicy }: BackupFacts, usePolicies: boolean): BackupMethod =>
  !role?.bypassesRowSecurity && (usePolicies || withPolicy.length > 0) ? "policies" : "bypass";

function requireOwnTables({ database, owner, isMigrated, ownsTables }: BackupFacts): void {
  if (!isMigrated) {
    throw new SetupProblem(
      `${OWNER}: the database ${database} has no tables of ProjoStack. Run \`projostack migrate\` first.`,
    );
  }
  if (!ownsTables) {
    throw new SetupProblem(
      `${OWNER}: ${owner} does not own the tables in the database ${database}. Name the role that owns them.`,
    );
  }
}

interface Outcome {
  readonly left: readonly Requirement[];
  readonly login: PreparedLogin;
  readonly said: readonly string[];
}

function problemOf(facts: BackupFacts, { left, login, said: [first] }: Outcome): SetupProblem {
  const unsafe = left.filter(({ isTried }) => !isTried);
  const named = unsafe.length > 0 ? unsafe : left;
  const cause =
    unsafe.length > 0
      ? ""
      : `the login ${facts.owner} may not complete the backup role${first === undefined ? "" : ` (${first})`}: `;
  const policies = left.some(({ sql }) => sql.endsWith(" BYPASSRLS"))
    ? " If no administrator may grant BYPASSRLS, run `projostack backup-role --policies` instead."
    : "";
  return new SetupProblem(
    `${unsafe[0]?.variable ?? OWNER}: ${cause}${lacksOf(named)}. Let an administrator of the database run the SQL that \`projostack backup-role\` prints, then run it again (docs/operating/backup.md).${policies}`,
    { sql: administratorSql(facts, left, [login]) },
  );
}
