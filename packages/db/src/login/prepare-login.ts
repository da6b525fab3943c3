import pg from "pg";
import { scramVerifier } from "./scram-verifier.ts";

export interface Login {
  readonly user: string;
  readonly password?: string;
}

/**
 * Creates the server's login if it does not exist, and grants it projo_tenant and projo_system. The login has no other right.
 * @param owner a connection whose login may create roles
 */
export const prepareLogin = (owner: pg.ClientBase, login: Login): Promise<void> =>
  prepare(owner, login, "projo_tenant, projo_system");

/** Creates the operator's login, which also gets projo_operator. A server must not use this login. */
export const prepareOperatorLogin = (owner: pg.ClientBase, login: Login): Promise<void> =>
  prepare(owner, login, "projo_tenant, projo_system, projo_operator");

async function prepare(owner: pg.ClientBase, { user, password }: Login, roles: string): Promise<void> {
  const name = pg.escapeIdentifier(user);
  const { rowCount } = await owner.query("SELECT FROM pg_roles WHERE rolname = $1", [user]);
  if (rowCount === 0) await ignoreRace(owner.query(`CREATE ROLE ${name} LOGIN NOINHERIT`));
  if (password !== undefined) {
    // PostgreSQL's log may contain statements, so the statement contains the hashed password, as PostgreSQL stores it.
    const verifier = pg.escapeLiteral(scramVerifier(password));
    await retryOnRace(() => owner.query(`ALTER ROLE ${name} PASSWORD ${verifier}`));
  }
  await ignoreRace(owner.query(`GRANT ${roles} TO ${name}`));
}

/** Retries while PostgreSQL rejects the statement because another session changed the role at the same time. */
async function retryOnRace(work: () => Promise<unknown>): Promise<void> {
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

/** Ignores an error that means that another session did the same at the same time. */
async function ignoreRace(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    // duplicate_object, unique_violation, or "tuple concurrently updated"
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    if (code !== "42710" && code !== "23505" && code !== "XX000") throw error;
  });
}
