// What a database lacks for backups, and the statement that provides each part.
import pg from "pg";
import { BACKUP_ROLE } from "../migrations/backup-rights.ts";
import type { Requirement } from "../setup/requirements.ts";
import type { BackupFacts, BackupRoleFacts } from "./read-backup-facts.ts";

/**
 * How the role reads every row: with the attribute BYPASSRLS, or by a policy on each table with row-level security, for a
 * service that gives BYPASSRLS to nobody.
 */
export type BackupMethod = "bypass" | "policies";

const name = pg.escapeIdentifier;
const VARIABLE = "PROJO_BACKUP_DATABASE_URL";

/** @returns what is missing, in the order in which the statements must run. Rights follow when the role exists */
export function missingForBackup(facts: BackupFacts, login: string, method: BackupMethod): Requirement[] {
  return [
    ...ofRole(facts, method),
    ...ofLogin(facts, login),
    ...(facts.role === null ? [] : ofRights(facts, method)),
  ];
}

function ofRole({ role, otherHolders }: BackupFacts, method: BackupMethod): Requirement[] {
  const attribute = method === "bypass" ? " BYPASSRLS" : "";
  if (role === null) {
    const sql = `CREATE ROLE ${name(BACKUP_ROLE)} NOLOGIN NOINHERIT${attribute}`;
    return [{ lack: `the role ${BACKUP_ROLE} does not exist`, sql, isTried: true, creates: BACKUP_ROLE }];
  }
  const missing = ofUnsafe(BACKUP_ROLE, role);
  if (role.canLogIn) {
    const sql = `ALTER ROLE ${name(BACKUP_ROLE)} NOLOGIN`;
    missing.push({ lack: `the role ${BACKUP_ROLE} may log in`, sql, isTried: false });
  }
  for (const holder of otherHolders) {
    const sql = `REVOKE ${name(BACKUP_ROLE)} FROM ${name(holder)}`;
    const lack = `${holder} may act as ${BACKUP_ROLE}, and could read the rows of every workspace`;
    missing.push({ lack, sql, isTried: false });
  }
  if (method === "bypass" && !role.bypassesRowSecurity) {
    const sql = `ALTER ROLE ${name(BACKUP_ROLE)} BYPASSRLS`;
    missing.push({ lack: `the role ${BACKUP_ROLE} has no BYPASSRLS`, sql, isTried: true });
  }
  return missing;
}

function ofLogin(
  { database, login: facts, loginActsAsBackup, versionNumber }: BackupFacts,
  login: string,
): Requirement[] {
  const missing: Requirement[] = [];
  const add = (lack: string, sql: string, more: { isTried?: boolean; creates?: string } = {}) =>
    missing.push({ lack, sql, isTried: true, ...more, variable: VARIABLE });
  if (facts === null) {
    add(`the login ${login} does not exist`, `CREATE ROLE ${name(login)} LOGIN NOINHERIT`, {
      creates: login,
    });
  } else {
    missing.push(...ofUnsafe(login, facts).map((one) => ({ ...one, variable: VARIABLE })));
    if (facts.bypassesRowSecurity && !facts.unsafeAttributes.includes("SUPERUSER")) {
      const sql = `ALTER ROLE ${name(login)} NOBYPASSRLS`;
      add(`${login} has BYPASSRLS itself, but only ${BACKUP_ROLE} must have it`, sql, { isTried: false });
    }
    if (!facts.canLogIn) add(`the role ${login} may not log in`, `ALTER ROLE ${name(login)} LOGIN`);
    if (facts.isExpired) {
      add(`the password of ${login} has expired`, `ALTER ROLE ${name(login)} VALID UNTIL 'infinity'`);
    }
    if (!facts.mayConnect) {
      const sql = `GRANT CONNECT ON DATABASE ${name(database)} TO ${name(login)}`;
      add(`${login} may not connect to the database ${database}`, sql);
    }
  }
  if (!loginActsAsBackup) {
    // Since PostgreSQL 16 each membership has its own options. The login then has no right before it switches to the role.
    const options = versionNumber >= 160_000 ? " WITH INHERIT FALSE, SET TRUE" : "";
    add(`${login} may not act as ${BACKUP_ROLE}`, `GRANT ${name(BACKUP_ROLE)} TO ${name(login)}${options}`);
  }
  return missing;
}

function ofUnsafe(role: string, { unsafeAttributes, parents }: BackupRoleFacts): Requirement[] {
  const missing: Requirement[] = [];
  if (unsafeAttributes.length > 0) {
    const sql = `ALTER ROLE ${name(role)} ${unsafeAttributes.map((attribute) => `NO${attribute}`).join(" ")}`;
    const lack = `${role} has ${unsafeAttributes.join(" and ")}, which a backup does not need`;
    missing.push({ lack, sql, isTried: false });
  }
  if (parents.length > 0) {
    const sql = `REVOKE ${parents.map(name).join(", ")} FROM ${name(role)}`;
    const lack = `${role} is a member of ${parents.join(" and ")}, whose rights a backup does not need`;
    missing.push({ lack, sql, isTried: false });
  }
  return missing;
}

function ofRights(facts: BackupFacts, method: BackupMethod): Requirement[] {
  const role = name(BACKUP_ROLE);
  const missing: Requirement[] = [];
  const add = (lack: string, sql: string, isTried = true) => missing.push({ lack, sql, isTried });
  if (method === "policies" && facts.ownerInherits) {
    const lack = `${facts.owner} has the rights of ${BACKUP_ROLE}, so its functions would read every workspace`;
    add(lack, `REVOKE ${role} FROM ${name(facts.owner)}`, false);
  }
  if (!facts.mayUseSchema) {
    add(`${BACKUP_ROLE} may not use the schema public`, `GRANT USAGE ON SCHEMA public TO ${role}`);
  }
  for (const table of facts.changeable) {
    const sql = `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${table} FROM ${role}`;
    add(`${BACKUP_ROLE} may change ${table}`, sql, false);
  }
  for (const table of facts.unreadable) {
    add(`${BACKUP_ROLE} may not read ${table}`, `GRANT SELECT ON ${table} TO ${role}`);
  }
  if (!facts.mayHashEntries) {
    const sql = `GRANT EXECUTE ON FUNCTION projo_audit_text(audit_logs) TO ${role}`;
    add(`${BACKUP_ROLE} may not verify the audit log`, sql);
  }
  for (const table of method === "policies" ? facts.withoutPolicy : []) {
    const sql = `CREATE POLICY "backup" ON ${table} FOR SELECT TO ${role} USING (true)`;
    add(`row-level security hides the rows of ${table} from ${BACKUP_ROLE}`, sql);
  }
  for (const table of method === "bypass" ? facts.withPolicy : []) {
    add(`${table} has a policy that ${BACKUP_ROLE} no longer needs`, `DROP POLICY "backup" ON ${table}`);
  }
  return missing;
}
