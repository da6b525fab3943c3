// Creates the roles and rights that the database lacks. What this role may not do is left to an administrator, as SQL.
import pg from "pg";
import { verifierLiteral } from "../login/scram-verifier.ts";
import { BACKUP_ROLE } from "../migrations/backup-rights.ts";
import { administratorSql } from "./administrator-sql.ts";
import { GROUP_ROLES, type PreparedLogin } from "./database-roles.ts";
import { readFacts, type DatabaseFacts } from "./read-facts.ts";
import { isRefusal, retryOnRace, saidBy } from "./refused-statement.ts";
import { missingRequirements, type Requirement } from "./requirements.ts";
import { setPassword, type PasswordOptions } from "./set-password.ts";
import { SetupProblem } from "./setup-problem.ts";

/**
 * Provides the roles, the logins and the rights that are missing. What is there already is left as it is, except the password of
 * a login, which becomes the one of its variable.
 * @param owner a connection of the role that owns the tables, or will own them
 * @throws SetupProblem with the SQL for an administrator if this role may not provide everything
 */
export async function prepareRoles(
  owner: pg.ClientBase,
  logins: readonly PreparedLogin[],
  options: PasswordOptions,
): Promise<void> {
  const before = await readFacts(owner, logins);
  requireOwnLogins(before, logins);
  const missing = missingRequirements(before, logins);
  const said = new Set<string>();
  let refused: readonly Requirement[] = [];
  // A role with unsafe rights may belong to another program: nothing is changed before that is settled.
  if (missing.every(({ isTried }) => isTried)) {
    await provideAll(owner, missing, { logins, said, options });
    const known = logins.filter(({ user }) => before.roles.some(({ name }) => name === user));
    refused = await refusedPasswords(owner, known, options);
  }
  if (missing.length === 0 && refused.length === 0) return;
  const after = await readFacts(owner, logins);
  const left = [...missingRequirements(after, logins), ...refused];
  if (left.length > 0) throw problemOf(after, { left, logins, said: [...said] });
}

/** Rejects roles that must never be a login of ProjoStack, whatever their rights. */
export function requireOwnLogins(
  { owners }: Pick<DatabaseFacts, "owners">,
  logins: readonly Pick<PreparedLogin, "user" | "variable">[],
): void {
  for (const { user, variable } of logins) {
    const use = `Name another user, such as ${USUAL_LOGINS[variable] ?? "projo_operations"}`;
    if (owners.includes(user)) {
      throw new SetupProblem(
        `${variable}: ${user} owns this database or administers it, so row-level security would not protect anything from it. ${use}; ${variable === BACKUP_VARIABLE ? "`projostack backup-role`" : "`projostack migrate`"} creates it.`,
      );
    }
    if (/^pg_/i.test(user) || Buffer.byteLength(user) > LONGEST_NAME) {
      throw new SetupProblem(
        `${variable}: PostgreSQL has no login of that name: a name begins with other letters than pg_ and has at most ${LONGEST_NAME} bytes. ${use}.`,
      );
    }
    if ([...GROUP_ROLES, BACKUP_ROLE].some((role) => role === user)) {
      throw new SetupProblem(
        `${variable}: ${user} is a role that holds rights, and nobody logs in as it. ${use}.`,
      );
    }
  }
}

const BACKUP_VARIABLE = "PROJO_BACKUP_DATABASE_URL";

const USUAL_LOGINS: Readonly<Record<string, string>> = {
  DATABASE_URL: "projo_server",
  PROJO_OPERATOR_DATABASE_URL: "projo_operations",
  [BACKUP_VARIABLE]: "projo_dump",
};

/** PostgreSQL cuts a longer name. */
const LONGEST_NAME = 63;

export interface Attempt {
  readonly logins: readonly PreparedLogin[];
  /** Collects what PostgreSQL said to the statements that it refused. */
  readonly said: Set<string>;
  readonly options: PasswordOptions;
}

/** A part can need another one first: nobody has rights in a schema that was just created. */
async function provideAll(
  owner: pg.ClientBase,
  missing: readonly Requirement[],
  attempt: Attempt,
): Promise<void> {
  for (const requirement of missing) await provide(owner, requirement, attempt);
  const left = missingRequirements(await readFacts(owner, attempt.logins), attempt.logins);
  const isNew = left.some(({ sql }) => missing.every((tried) => tried.sql !== sql));
  if (isNew) await provideAll(owner, left, attempt);
}

/** Runs the statement of a requirement. What PostgreSQL says to a statement that it refuses is collected in `said`. */
export async function provide(
  owner: pg.ClientBase,
  { sql, creates }: Requirement,
  { logins, said, options }: Attempt,
): Promise<void> {
  const login = logins.find(({ user }) => user === creates);
  try {
    if (login) {
      const reason = await setPassword(owner, { login, create: true }, options);
      if (reason !== null) said.add(reason);
    } else await retryOnRace(() => owner.query(sql));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    said.add(saidBy(error));
  }
}

/** Sets the passwords of logins that exist. @returns a requirement for each password that this role may not set */
export async function refusedPasswords(
  owner: pg.ClientBase,
  logins: readonly PreparedLogin[],
  options: PasswordOptions,
): Promise<Requirement[]> {
  const refused: Requirement[] = [];
  for (const login of logins) {
    const reason = await setPassword(owner, { login, create: false }, options);
    if (reason === null) continue;
    const { user, password = "", variable } = login;
    refused.push({
      lack: `${user} cannot log in with the password of ${variable} (${reason})`,
      sql: `ALTER ROLE ${pg.escapeIdentifier(user)} PASSWORD ${verifierLiteral(password)}`,
      isTried: true,
      variable,
    });
  }
  return refused;
}

interface Outcome {
  readonly left: readonly Requirement[];
  readonly logins: readonly PreparedLogin[];
  readonly said: readonly string[];
}

function problemOf(facts: DatabaseFacts, { left, logins, said }: Outcome): SetupProblem {
  const unsafe = left.filter(({ isTried }) => !isTried);
  const named = unsafe.length > 0 ? unsafe : left;
  // The first refusal is the cause; later statements can fail because of it.
  const [first] = said;
  const variables = new Set(unsafe.map(({ variable }) => variable ?? OWNER));
  const [variable = OWNER] = variables.size === 1 ? variables : [];
  const cause =
    unsafe.length > 0
      ? ""
      : `the login ${facts.owner} may not complete the set-up${first === undefined ? "" : ` (${first})`}: `;
  return new SetupProblem(
    `${variable}: ${cause}${lacksOf(named)}. Let an administrator of the database run the SQL that \`projostack migrate\` prints, then run \`projostack migrate\` again (docs/managed-postgres.md).`,
    { sql: administratorSql(facts, left, logins) },
  );
}

/** The first lacks, as the end of a message. */
export function lacksOf(requirements: readonly Requirement[]): string {
  const shown = requirements.slice(0, 3).map(({ lack }) => lack);
  const more = requirements.length - shown.length;
  return `${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

const OWNER = "PROJO_DATABASE_OWNER_URL";
