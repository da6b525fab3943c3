// The command `backup-role`: prepares the role and the login for backups. The addresses come from the environment or from files,
// never from arguments: other users of the machine can see those. If an administrator must do a part, standard output contains
// the SQL for that part and nothing else.
import { PostgresAddressError, readPostgresAddress } from "../login/postgres-address.ts";
import { secretOf, SecretError } from "../login/secret-of.ts";
import { openClient } from "../login/with-owner.ts";
import { ownerProblem } from "./owner-problem.ts";
import { SetupProblem } from "../setup/setup-problem.ts";
import { prepareBackupRole } from "../backup/prepare-backup-role.ts";

export interface CommandInput {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a text to standard output. */
  readonly write: (text: string) => void;
  /** Writes a line to standard error. */
  readonly note: (line: string) => void;
}

const OWNER = "PROJO_DATABASE_OWNER_URL";
const BACKUP = "PROJO_BACKUP_DATABASE_URL";
const USAGE = "Usage: backup-role [--policies] [--json]";

/** @returns the exit code: 0, 1 if the role could not be prepared, 2 if the command or a variable is not valid */
export async function backupRoleCommand({ args, env, write, note }: CommandInput): Promise<0 | 1 | 2> {
  const [usePolicies, isJson] = [args.includes("--policies"), args.includes("--json")];
  if (args.some((arg) => arg !== "--policies" && arg !== "--json")) {
    note(USAGE);
    return 2;
  }
  const addresses = addressesOf(env);
  if (typeof addresses === "string") {
    note(`${addresses} (docs/operating/backup.md)`);
    return 2;
  }
  const [ownerAddress, backupAddress] = addresses;
  const owner = openClient(ownerAddress.target, "projostack-backup-role");
  try {
    await owner.connect();
    const method = await prepareBackupRole(owner, { ownerAddress, backupAddress, usePolicies, note });
    const { user } = backupAddress.login;
    if (isJson) write(`${JSON.stringify({ login: user, method })}\n`);
    else
      write(
        `The login ${user} is ready. Run pg_dump with --role=projo_backup${method === "policies" ? " --enable-row-security" : ""}.\n`,
      );
    return 0;
  } catch (error) {
    if (error instanceof SetupProblem && error.sql !== null) write(error.sql);
    note(
      error instanceof SetupProblem ? error.message : ownerProblem(error, OWNER, ownerAddress.target, AGAIN),
    );
    return 1;
  } finally {
    await owner.end().catch(() => {});
  }
}

const AGAIN = "Run `projostack backup-role` again: it continues where it stopped.";

/** @returns the owner's address and that of the login for backups, or the problem */
function addressesOf(env: CommandInput["env"]) {
  try {
    const [owner, backup] = [OWNER, BACKUP].map((name) => secretOf(env, name));
    if (owner === undefined) return `Set ${OWNER} to the login that owns the database.`;
    if (backup === undefined) {
      return `Set ${BACKUP} to the login for backups, such as postgres://projo_dump:password@host:5432/projo.`;
    }
    const parsed = [addressOf(OWNER, owner), addressOf(BACKUP, backup)] as const;
    return parsed[1].login.user === "" ? `${BACKUP} names no user.` : parsed;
  } catch (error) {
    if (error instanceof SecretError || error instanceof InvalidAddress) return error.message;
    throw error;
  }
}

class InvalidAddress extends Error {}

function addressOf(name: string, text: string) {
  try {
    return readPostgresAddress(text);
  } catch (error) {
    if (error instanceof PostgresAddressError) throw new InvalidAddress(`${name} ${error.message}.`);
    throw error;
  }
}
