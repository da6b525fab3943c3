// What a database must have before its migrations run and a server can use it, and the statement that provides each part.
import pg from "pg";
import { GROUP_ROLES, type PreparedLogin } from "./database-roles.ts";
import type { DatabaseFacts, RoleFacts } from "./read-facts.ts";

export interface Requirement {
  /** The missing or wrong part, as the end of "The database is not ready: ...". */
  readonly lack: string;
  /** The statement that provides it. It can be run again. */
  readonly sql: string;
  /**
   * Whether `db:migrate` tries the statement itself. It does not take attributes or memberships from a role, because another
   * program may use that role.
   */
  readonly isTried: boolean;
  /** The role that the statement creates. */
  readonly creates?: string;
  /** The variable that names the role, if a variable does. */
  readonly variable?: string;
}

const name = pg.escapeIdentifier;

/** @returns what is missing, in the order in which the statements must run */
export function missingRequirements(
  facts: DatabaseFacts,
  logins: readonly PreparedLogin[],
): readonly Requirement[] {
  const factsOf = (role: string) => facts.roles.find((known) => known.name === role);
  return [
    ...GROUP_ROLES.flatMap((role) => ofGroupRole(role, factsOf(role))),
    ...logins.flatMap((login) => ofLogin(login, factsOf(login.user), facts)),
    ...ofDatabase(facts),
    ...ofSchema(facts, factsOf),
  ];
}

function ofGroupRole(role: string, facts: RoleFacts | undefined): Requirement[] {
  if (!facts) {
    const sql = `CREATE ROLE ${name(role)} NOLOGIN NOINHERIT`;
    return [{ lack: `the role ${role} does not exist`, sql, isTried: true, creates: role }];
  }
  const login = {
    lack: `the role ${role} may log in, but it must only hold rights`,
    sql: `ALTER ROLE ${name(role)} NOLOGIN`,
    isTried: false,
  };
  return [...(facts.canLogIn ? [login] : []), ...ofUnsafe(facts)];
}

function ofLogin(
  { user, roles, variable }: PreparedLogin,
  facts: RoleFacts | undefined,
  { database, versionNumber }: DatabaseFacts,
): Requirement[] {
  const missing: Omit<Requirement, "variable">[] = [];
  if (!facts) {
    const sql = `CREATE ROLE ${name(user)} LOGIN NOINHERIT`;
    missing.push({ lack: `the login ${user} does not exist`, sql, isTried: true, creates: user });
  } else {
    missing.push(...ofUnsafe(facts));
    if (!facts.canLogIn) {
      const sql = `ALTER ROLE ${name(user)} LOGIN`;
      missing.push({ lack: `the role ${user} may not log in`, sql, isTried: true });
    }
    if (facts.isExpired) {
      const sql = `ALTER ROLE ${name(user)} VALID UNTIL 'infinity'`;
      missing.push({ lack: `the password of ${user} has expired`, sql, isTried: true });
    }
    if (!facts.mayConnect) {
      const sql = `GRANT CONNECT ON DATABASE ${name(database)} TO ${name(user)}`;
      missing.push({ lack: `${user} may not connect to the database ${database}`, sql, isTried: true });
    }
  }
  const lacking = roles.filter((role) => !facts?.actsAs.includes(role));
  if (lacking.length > 0) {
    // Since PostgreSQL 16 each membership has its own options. The login then has no right before it switches to a role.
    const options = versionNumber >= 160_000 ? " WITH INHERIT FALSE, SET TRUE" : "";
    const sql = `GRANT ${lacking.map(name).join(", ")} TO ${name(user)}${options}`;
    missing.push({ lack: `${user} may not act as ${lacking.join(" and ")}`, sql, isTried: true });
  }
  return missing.map((requirement) => ({ ...requirement, variable }));
}

/** A role with these attributes or memberships could bypass row-level security, or erase users as an operator. */
function ofUnsafe({
  name: role,
  unsafeAttributes,
  unsafeParents,
}: RoleFacts): Omit<Requirement, "variable">[] {
  const attributes = {
    lack: `${role} has ${unsafeAttributes.join(" and ")}, with which it could bypass row-level security`,
    sql: `ALTER ROLE ${name(role)} ${unsafeAttributes.map((attribute) => `NO${attribute}`).join(" ")}`,
    isTried: false,
  };
  const parents = {
    lack: `${role} is a member of ${unsafeParents.join(" and ")}, whose rights it must not have`,
    sql: `REVOKE ${unsafeParents.map(name).join(", ")} FROM ${name(role)}`,
    isTried: false,
  };
  return [
    ...(unsafeAttributes.length > 0 ? [attributes] : []),
    ...(unsafeParents.length > 0 ? [parents] : []),
  ];
}

function ofDatabase({ database, everyoneMayCreateInDatabase }: DatabaseFacts): Requirement[] {
  if (!everyoneMayCreateInDatabase) return [];
  const sql = `REVOKE CREATE, TEMPORARY ON DATABASE ${name(database)} FROM PUBLIC`;
  const lack = `every login may create temporary tables in the database ${database}, which could hide those of ProjoStack`;
  return [{ lack, sql, isTried: true }];
}

function ofSchema(
  { owner, hasSchema, ownsSchema, ownerMayCreate, everyoneMayCreate }: DatabaseFacts,
  factsOf: (role: string) => RoleFacts | undefined,
): Requirement[] {
  if (!hasSchema) {
    const sql = `CREATE SCHEMA IF NOT EXISTS public AUTHORIZATION ${name(owner)}`;
    return [{ lack: "the schema public does not exist", sql, isTried: true }];
  }
  const missing: Requirement[] = [];
  // The owner must not lose the right when it is taken from every login.
  if (!ownerMayCreate || (everyoneMayCreate && !ownsSchema)) {
    const sql = `GRANT USAGE, CREATE ON SCHEMA public TO ${name(owner)}`;
    missing.push({
      lack: `${owner} has no right of its own to create tables in the schema public`,
      sql,
      isTried: true,
    });
  }
  if (everyoneMayCreate) {
    const sql = "REVOKE CREATE ON SCHEMA public FROM PUBLIC";
    missing.push({ lack: "every login may create tables in the schema public", sql, isTried: true });
  }
  const without = GROUP_ROLES.filter((role) => factsOf(role)?.mayUseSchema === false);
  if (without.length > 0) {
    const sql = `GRANT USAGE ON SCHEMA public TO ${without.map(name).join(", ")}`;
    missing.push({ lack: `${without.join(" and ")} may not use the schema public`, sql, isTried: true });
  }
  return missing;
}
