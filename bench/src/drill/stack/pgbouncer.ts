import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { supervise, type Supervised } from "./supervised.ts";

interface PgBouncerOptions {
  readonly program: string;
  readonly directory: string;
  readonly port: number;
  /** The port of PostgreSQL on 127.0.0.1. */
  readonly postgresPort: number;
  readonly login: { readonly user: string; readonly password: string };
}

/**
 * Starts PgBouncer in transaction mode. With its defaults, PgBouncer waits 15 s for a connection that PostgreSQL does not answer,
 * and 15 s before it connects again after a failure. `server_connect_timeout` and `server_login_retry` shorten both.
 */
export async function startPgBouncer(options: PgBouncerOptions): Promise<Supervised> {
  const { directory, login } = options;
  const users = join(directory, "userlist.txt");
  const settings = join(directory, "pgbouncer.ini");
  await writeFile(users, `"${login.user}" "${login.password}"\n`);
  await writeFile(
    settings,
    `[databases]
projo = host=127.0.0.1 port=${options.postgresPort} dbname=projo

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${options.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 48
max_client_conn = 400
query_wait_timeout = 5
server_connect_timeout = 2
server_login_retry = 1
server_tls_sslmode = disable
`,
  );
  for (const path of [users, settings]) await chmod(path, 0o644);
  return supervise({
    name: "PgBouncer",
    command: [options.program, settings],
    user: "postgres",
    directory,
    logFile: join(directory, "pgbouncer.log"),
  });
}
