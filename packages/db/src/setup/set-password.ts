// Gives a login its password. PostgreSQL's log may contain statements, so the statement contains a SCRAM verifier, which cannot be
// used to sign in. Some services accept only the password itself. It is then sent as text, over TLS or within the machine.
import pg from "pg";
import { verifierLiteral } from "../login/scram-verifier.ts";
import type { PreparedLogin } from "./database-roles.ts";
import { isRefusal, retryOnRace, saidBy } from "./refused-statement.ts";
import { SetupProblem } from "./setup-problem.ts";

export interface PasswordOptions {
  /** The connection uses TLS or does not leave the machine, so a password may be sent as text. */
  readonly isPrivate: boolean;
  /** Signs in with the login. @returns null if that succeeds, otherwise the reason; undefined if it cannot be tried */
  readonly trySignIn: (login: PreparedLogin) => Promise<string | null | undefined>;
  /** Whether PostgreSQL has verified that this is the password of the login. */
  readonly hasPassword: (login: PreparedLogin) => Promise<boolean>;
  /** Reports something that the operator should know. */
  readonly note: (line: string) => void;
}

/**
 * @param create whether the statement also creates the login
 * @returns the reason if this role may not set the password and the login does not have it yet; otherwise null
 * @throws SetupProblem if PostgreSQL does not accept the password
 */
export async function setPassword(
  owner: pg.ClientBase,
  { login, create }: { readonly login: PreparedLogin; readonly create: boolean },
  options: PasswordOptions,
): Promise<string | null> {
  const { user, password } = login;
  const start = create
    ? `CREATE ROLE ${pg.escapeIdentifier(user)} LOGIN NOINHERIT`
    : `ALTER ROLE ${pg.escapeIdentifier(user)}`;
  if (password === undefined) {
    if (create) await retryOnRace(() => owner.query(start));
    return null;
  }
  // A new verifier has another salt. A pooler that has a copy of the verifier could not sign in with it any more.
  if (!create && (await options.hasPassword(login))) return null;
  const refusal = await refusalOf(owner, `${start} PASSWORD ${verifierLiteral(password)}`);
  if (refusal === null) return null;
  const signIn = create ? undefined : await options.trySignIn(login);
  if (signIn === null) return null;
  // The role may not set passwords at all: the text would be refused too, and PostgreSQL would write it to its log.
  if (refusal.code === INSUFFICIENT_PRIVILEGE && !ABOUT_VERIFIER.test(refusal.message)) {
    return signIn ?? saidBy(refusal);
  }
  await sendAsText(owner, { login, start, refusal }, options);
  return null;
}

async function sendAsText(
  owner: pg.ClientBase,
  sent: { readonly login: PreparedLogin; readonly start: string; readonly refusal: pg.DatabaseError },
  { isPrivate, note }: PasswordOptions,
): Promise<void> {
  const { user, variable, password = "" } = sent.login;
  const said = saidBy(sent.refusal);
  if (!isPrivate) {
    throw new SetupProblem(
      `PROJO_DATABASE_OWNER_URL: PostgreSQL accepts no SCRAM verifier as the password of ${user} (${said}), and a password is not sent as text without TLS. Remove sslmode=disable, or set the password of ${user} in the console of the service, then run \`projostack migrate\` again.`,
    );
  }
  const refusal = await refusalOf(owner, `${sent.start} PASSWORD ${pg.escapeLiteral(password)}`);
  if (refusal !== null) {
    throw new SetupProblem(
      `${variable}: PostgreSQL refuses the password of ${user} (${saidBy(refusal).replaceAll(password, "...")}). Choose another password, or set it in the console of the service, then run \`projostack migrate\` again.`,
    );
  }
  note(
    `PostgreSQL accepts no SCRAM verifier (${said}), so the password of ${user} was sent as text over this private connection. The log of the service may contain it.`,
  );
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** A service can use the same code when it refuses the form of the password. */
const ABOUT_VERIFIER = /plain|clear.?text|hash|encrypted|verifier|scram/i;

async function refusalOf(owner: pg.ClientBase, sql: string): Promise<pg.DatabaseError | null> {
  try {
    await retryOnRace(() => owner.query(sql));
    return null;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}
