import pg from "pg";
import { scramVerifier } from "./scram-verifier.ts";

export interface Login {
  readonly user: string;
  readonly password?: string;
}

/**
 * Makes the server's login, if it is not there, and lets it take on the two roles; it holds no right of its own.
 * @param owner a connected login that may make roles
 */
export const prepareLogin = (owner: pg.ClientBase, login: Login): Promise<void> =>
  prepare(owner, login, "projo_tenant, projo_system");

/** The same for the operator's login, which may take on projo_operator too. No server serves by it. */
export const prepareOperatorLogin = (owner: pg.ClientBase, login: Login): Promise<void> =>
  prepare(owner, login, "projo_tenant, projo_system, projo_operator");

async function prepare(owner: pg.ClientBase, { user, password }: Login, roles: string): Promise<void> {
  const name = pg.escapeIdentifier(user);
  const { rowCount } = await owner.query("SELECT FROM pg_roles WHERE rolname = $1", [user]);
  if (rowCount === 0) await ignoringRace(owner.query(`CREATE ROLE ${name} LOGIN NOINHERIT`));
  if (password !== undefined) {
    // The server's log may hold statements, so the password goes to it as PostgreSQL keeps it: hashed.
    const verifier = pg.escapeLiteral(scramVerifier(password));
    await throughRaces(() => owner.query(`ALTER ROLE ${name} PASSWORD ${verifier}`));
  }
  await ignoringRace(owner.query(`GRANT ${roles} TO ${name}`));
}

/** PostgreSQL refuses to change a role that another session has just changed; the password must still be set. */
async function throughRaces(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const raced = error instanceof pg.DatabaseError && error.code === "XX000" && tries < 50;
      if (!raced) throw error;
    }
  }
}

async function ignoringRace(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    // duplicate_object, unique_violation, or a tuple that another server's same statement has just changed
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    if (code !== "42710" && code !== "23505" && code !== "XX000") throw error;
  });
}
