// A PgBouncer process in transaction mode in front of the test's PostgreSQL. It differs from Debian's configuration only in
// its address, its target, its mode and its size.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { inject } from "vitest";
import { withOwner } from "../../src/index.ts";

// Debian installs it in a directory that is not in every PATH. A process for the question would cost more than the rest of the import.
const PROGRAM = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"]
  .map((directory) => join(directory, "pgbouncer"))
  .find((path) => existsSync(path));

export const hasPgBouncer: boolean = PROGRAM !== undefined;

/** The reason that a skipped test shows. With CI=true the test is not skipped. */
export const noPgBouncer = "pgbouncer is not installed: apt-get install pgbouncer";

export interface PgBouncer {
  readonly host: string;
  readonly port: number;
  /** @returns the value of DATABASE_URL with the server's login */
  urlOf(database: string): string;
  close(): Promise<void>;
}

export interface PgBouncerOptions {
  /** The number of connections to PostgreSQL that all clients of a database share. */
  readonly size: number;
  readonly mode?: "session" | "transaction" | "statement";
  /** More lines of the configuration. */
  readonly settings?: string;
}

export async function startPgBouncer({
  size,
  mode = "transaction",
  settings: more = "",
}: PgBouncerOptions): Promise<PgBouncer> {
  if (PROGRAM === undefined) throw new Error(noPgBouncer);
  const { owner, server } = inject("cluster");
  const directory = mkdtempSync(join(tmpdir(), "projo-pgbouncer-"));
  const port = await freePort();
  const users = join(directory, "userlist.txt");
  const settings = join(directory, "pgbouncer.ini");
  writeFileSync(users, `"${server.user}" "${server.password}"\n`);
  writeFileSync(
    settings,
    `[databases]
* = host=${owner.host} port=${owner.port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${size}
query_wait_timeout = 5
max_client_conn = 200
${more}
`,
  );
  // PgBouncer refuses to run as root, and reads its files as the user that it runs as.
  for (const path of [directory, users, settings]) chmodSync(path, 0o755);
  const as = process.getuid?.() === 0 ? ["-u", userOf(owner.host)] : [];
  const child = spawn(PROGRAM, ["-q", ...as, settings], { stdio: "ignore" });
  const ended = once(child, "exit");
  const reached = { host: "127.0.0.1", port };
  await untilReady({ ...reached, ...server, database: "postgres" });
  return {
    ...reached,
    urlOf: (database) => `postgres://${server.user}:${server.password}@127.0.0.1:${port}/${database}`,
    close: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

/** @returns the user who owns the cluster's socket directory. Over TCP any user can connect. */
const userOf = (host: string): string =>
  host.startsWith("/") ? execFileSync("stat", ["-c", "%U", host], { encoding: "utf8" }).trim() : "nobody";

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  return port;
}

async function untilReady(target: Parameters<typeof withOwner>[0]): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await withOwner(target, async (client) => {
        await client.query("SELECT 1");
      });
    } catch (error) {
      if (tries === 100) throw error;
      await delay(50);
    }
  }
}
