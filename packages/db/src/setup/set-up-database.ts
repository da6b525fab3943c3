// Sets up a database, or completes a set-up: the roles and logins first, which an owner may lack the rights to create, and then the
// migrations. Each step leaves what it finds in place, so a set-up that was interrupted is completed by running it again.
import type pg from "pg";
import type { PostgresAddress } from "../login/postgres-address.ts";
import type { DatabaseLayout } from "../login/database-layout.ts";
import { distribute } from "../citus/distribute.ts";
import { migrate } from "../migrations/migrate.ts";
import type { Login } from "../login/login.ts";
import { operatorLogin, serverLogin } from "./database-roles.ts";
import { prepareRoles } from "./prepare-roles.ts";
import { requireUsable } from "./require-usable.ts";
import { hasPassword, signInProblem } from "./sign-in.ts";

export interface SetupOptions {
  /** The address of the owner's connection. */
  readonly ownerAddress: PostgresAddress;
  /** The address of the server's login, which is prepared; null to prepare none. */
  readonly server: PostgresAddress | null;
  /** The address of the operator's login, which is prepared; null to prepare none. */
  readonly operator: PostgresAddress | null;
  /** Where the rows of workspaces are. The default is `single`. */
  readonly layout?: DatabaseLayout;
  /** Reports something that the operator should know. */
  readonly note: (line: string) => void;
  /** The time in which a migration tries to get its locks; the default of `migrate` if absent. */
  readonly lockWaitSeconds?: number;
}

/**
 * @param owner a connection of the role that owns the tables, or will own them
 * @returns the names of the applied migrations
 * @throws SetupProblem, MigrationError
 */
export async function setUpDatabase(
  owner: pg.ClientBase,
  { ownerAddress, server, operator, layout = "single", note, lockWaitSeconds }: SetupOptions,
): Promise<string[]> {
  const logins = [
    ...(server ? [{ ...serverLogin(loginOf(server)), address: server }] : []),
    ...(operator ? [{ ...operatorLogin(loginOf(operator)), address: operator }] : []),
  ];
  await requireUsable(owner, ownerAddress.target);
  await prepareRoles(owner, logins, {
    isPrivate: ownerAddress.isLocal || ownerAddress.target.ssl !== false,
    // The address of the servers may not be reachable from here. The login is then tried where the owner is connected.
    trySignIn: ({ user, password }) => {
      const own = logins.find((login) => login.user === user);
      return signInProblem([
        ...(own ? [own.address.target] : []),
        { ...ownerAddress.target, user, ...(password === undefined ? {} : { password }) },
      ]);
    },
    hasPassword: ({ user, password }) =>
      hasPassword({ ...ownerAddress.target, user, ...(password === undefined ? {} : { password }) }),
    note,
  });
  const ran = await migrate(owner, undefined, {
    note,
    ...(lockWaitSeconds === undefined ? {} : { lockWaitSeconds }),
  });
  if (layout === "citus") {
    const distributed = await distribute(owner);
    if (distributed.length > 0) note(`Distributed ${distributed.join(", ")}.`);
  }
  return ran;
}

/**
 * The login whose role exists in PostgreSQL. Supabase's pooler finds the project by the end of the user: `projo_server.abcdef`
 * logs in as projo_server.
 */
export function loginOf({ host, login }: PostgresAddress): Login {
  const isSuffixed = host.endsWith(".pooler.supabase.com");
  return isSuffixed ? { ...login, user: login.user.replace(/\.[^.]*$/, "") } : login;
}
