// The database that is backed up: owned by a role that may not give BYPASSRLS, with the settings of the documentation.
import { backupRoleCommand, readPostgresAddress, setUpDatabase, withOwner } from "@projostack/db";
import { DATABASE, type Cluster } from "./cluster.ts";

export const OWNER = { user: "projo_owner", password: "owner of the drill" };
export const DUMP = { user: "projo_dump", password: "backups of the drill" };
export const REPLICATION = { user: "projo_basebackup", password: "replication of the drill" };
const SERVER = { user: "projo_server", password: "server of the drill" };
const OPERATOR = { user: "projo_operations", password: "operator of the drill" };

/** The variables of the server and of the operator's program on a cluster. */
export const serverEnv = (cluster: Cluster): Record<string, string> => ({
  DATABASE_URL: cluster.urlOf(SERVER.user, SERVER.password),
});
export const operatorEnv = (cluster: Cluster): Record<string, string> => ({
  PROJO_OPERATOR_DATABASE_URL: cluster.urlOf(OPERATOR.user, OPERATOR.password),
});
export const backupUrl = (cluster: Cluster): string => cluster.urlOf(DUMP.user, DUMP.password);

/** Creates the owner and an empty database, as the administrator does. */
export const createDatabase = (cluster: Cluster): Promise<void> =>
  cluster.admin(async (client) => {
    await client.query(`CREATE ROLE ${OWNER.user} LOGIN CREATEROLE PASSWORD '${OWNER.password}'`);
    await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER.user} ENCODING 'UTF8' TEMPLATE template0`);
  });

export const createReplicationLogin = (cluster: Cluster): Promise<unknown> =>
  cluster.admin((client) =>
    client.query(`CREATE ROLE ${REPLICATION.user} LOGIN REPLICATION PASSWORD '${REPLICATION.password}'`),
  );

/** Does the work of `projostack migrate`: the roles, the logins and the migrations that are missing. */
export async function migrateDatabase(cluster: Cluster): Promise<void> {
  const ownerAddress = readPostgresAddress(cluster.urlOf(OWNER.user, OWNER.password));
  const [server, operator] = [SERVER, OPERATOR].map(({ user, password }) =>
    readPostgresAddress(cluster.urlOf(user, password)),
  );
  await withOwner(ownerAddress.target, (owner) =>
    setUpDatabase(owner, {
      ownerAddress,
      server: server ?? null,
      operator: operator ?? null,
      note: () => {},
    }),
  );
}

/** Runs `projostack backup-role`, the SQL that it prints, and `projostack backup-role` again, as the owner and an administrator do. */
export async function prepareBackups(cluster: Cluster, { policies }: BackupRole): Promise<void> {
  const args = policies ? ["--policies"] : [];
  const first = await backupRole(cluster, args);
  if (first.code === 0) return;
  await cluster.admin((client) => client.query(first.output), DATABASE);
  const second = await backupRole(cluster, args);
  if (second.code !== 0) throw new Error(`backup-role failed: ${second.notes}`);
}

export interface BackupRole {
  /** Whether policies show the role every row, and otherwise BYPASSRLS. */
  readonly policies: boolean;
}

async function backupRole(
  cluster: Cluster,
  args: readonly string[],
): Promise<{ code: number; output: string; notes: string }> {
  let output = "";
  let notes = "";
  const code = await backupRoleCommand({
    args,
    env: {
      PROJO_DATABASE_OWNER_URL: cluster.urlOf(OWNER.user, OWNER.password),
      PROJO_BACKUP_DATABASE_URL: backupUrl(cluster),
    },
    write: (text) => (output += text),
    note: (line) => (notes += `${line}\n`),
  });
  return { code, output, notes };
}
